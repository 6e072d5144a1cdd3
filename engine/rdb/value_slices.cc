#include "engine/rdb/value_slices.h"

#include "engine/rdb/value_reader.h"

namespace rdbproof {

ValueSlices::ValueSlices(const RdbRow& row, const FileContext& file, const Key& key, Cursor in)
    : row_(row), file_(file), key_(key), in_(in), left_(read_length(in_)) {}

std::optional<SlicedValue::Slice> ValueSlices::next() {
  constexpr uint64_t kSliceBytes = uint64_t{256} << 10;
  constexpr uint64_t kMostRuns = 8192;
  const Bytes rest = in_.rest();
  const uint64_t begin = in_.offset();
  uint64_t runs = 0;
  for (; runs < left_ && runs < kMostRuns && in_ && in_.offset() - begin < kSliceBytes; ++runs) {
    row_.slicing.skip_one(in_);
  }
  if (runs == 0 || !in_) return std::nullopt;
  left_ -= runs;
  return Slice{rest.substr(0, in_.offset() - begin), begin, runs};
}

std::optional<SlicedValue::Content> ValueSlices::decode(const Slice& slice, EventSink& sink) const {
  Cursor in(slice.bytes, slice.offset);
  ElementBatch batch(sink);
  TextArena blob_arena;
  ValueReader value{in,
                    file_,
                    batch,
                    blob_arena,
                    row_.type == ValueType::kSet ? ElementKind::kMember : ElementKind::kItem,
                    ElementPath({})};
  batch.begin(key_);
  row_.slicing.decode(value, slice.runs);
  batch.flush();
  if (!in || !in.at_end() || in.oddity() != nullptr || !value.remarks.empty()) return std::nullopt;
  return Content{value.summary.elements, batch.bytes()};
}

void ValueSlices::count(const Content& content) {
  content_.elements += content.elements;
  content_.bytes += content.bytes;
}

}  // namespace rdbproof
