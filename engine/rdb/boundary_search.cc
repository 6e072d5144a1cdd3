#include "engine/rdb/boundary_search.h"

#include <algorithm>

#include "engine/base/cursor.h"
#include "engine/rdb/grammar.h"
#include "engine/rdb/primitives.h"

namespace rdbproof {
namespace {

// Passes what follows the first byte and the name. Returns how much work it was.
uint64_t pass(const RdbRow& row, Cursor& in, const FileContext& file, uint64_t work_left) {
  if (row.skip_within != nullptr) {
    uint64_t steps_left = work_left;
    row.skip_within(in, steps_left);
    return work_left - steps_left + 1;
  }
  const uint64_t begin = in.offset();
  row.skip(in, file);
  return in.offset() - begin + 1;
}

}  // namespace

bool BoundarySearch::ends_file(uint64_t remaining) const {
  constexpr uint64_t kFooter = 8;
  return remaining == (file_.version >= kFirstVersionWithChecksum ? kFooter : 0);
}

bool BoundarySearch::is_believable(Bytes rest, bool reaches_end) {
  constexpr int kRecordsBeforeLookAheadEnds = 3;
  Cursor in(rest, 0);
  int keys = 0;
  for (int records = 0; records < kRecordsToBelieve; ++records) {
    const RdbRow* const row = file_.rows[in.u8()];
    if (!in || row == nullptr || row->skip == nullptr) return false;
    if (row->role == RowRole::kEnd) return keys > 0 && reaches_end && ends_file(in.remaining());
    if (row->role == RowRole::kValue) {
      ++keys;
      if (in.peek() == 0) return false;
      skip_string(in);
    }
    const uint64_t work = pass(*row, in, file_, work_left_);
    gave_up_ |= work > work_left_;
    work_left_ -= std::min(work, work_left_);
    // A long record may go on behind what is looked at.
    if (!in) {
      return in.code() == Code::kLengthBeyondEnd && !reaches_end &&
             records >= kRecordsBeforeLookAheadEnds;
    }
  }
  return keys > 0;
}

std::optional<uint64_t> BoundarySearch::find(Bytes window, bool is_last, uint64_t from,
                                             uint64_t to) {
  for (uint64_t place = from; place < to && !gave_up_; ++place) {
    work_left_ += work_.per_byte;
    const Bytes rest = window.substr(place, work_.look_ahead);
    if (is_believable(rest, is_last && rest.size() == window.size() - place)) return place;
  }
  return std::nullopt;
}

}  // namespace rdbproof
