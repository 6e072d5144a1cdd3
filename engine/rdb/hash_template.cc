// Hashes whose field names stand in a template of the file (Redis 8.10, types 30 and 32, opcode
// 242). What the server refuses is from its tests/unit/type/hash-templates.tcl of 8.10.
#include "engine/base/limits.h"
#include "engine/encoding/listpack.h"
#include "engine/rdb/record_state.h"
#include "engine/rdb/values.h"

namespace rdbproof {
namespace {

const HashTemplate* find_template(Cursor& in, const FileContext& file, uint64_t id) {
  const HashTemplate* const found = file.find_template(id);
  if (found == nullptr) in.fail(Code::kBadTemplate);
  return found;
}

// Adds up the names that a value takes from its template.
class RepeatedNames {
 public:
  // `stored_bytes` of the value go with the names so far.
  void add(Cursor& in, Bytes name, uint64_t stored_bytes) {
    bytes_ += name.size();
    if (bytes_ <= max_repeated_bytes(stored_bytes)) return;
    in.fail(Code::kLimitExceeded, "the names in its template are too long for its values");
  }

 private:
  uint64_t bytes_ = 0;
};

const HashTemplate* fields_of(ValueReader& value, uint64_t id) {
  const HashTemplate* const found = find_template(value.in, value.file, id);
  if (found == nullptr) value.path.leave_elements();
  return found;
}

// The order of the fields in a template, which is strict.
bool stands_before(Bytes left, Bytes right) {
  return left.size() != right.size() ? left.size() < right.size() : left < right;
}

}  // namespace

// The prologue collected the templates; this checks one of them. Servers write all of them before
// the first key. Of a later one, the frames that use it could not know.
void read_hash_template(RecordState& state, Cursor& in) {
  const HashTemplate* const known = state.file.find_template(read_length(in));
  const uint64_t count = read_length(in);
  bool rising = true;
  bool same = known != nullptr && known->size() == count;
  std::string previous;
  for (uint64_t i = 0; i < count; ++i) {
    state.arena.reset();
    const Bytes field = read_string(in, state.arena, state.file.limits).text;
    if (!in) return;
    rising = rising && (i == 0 || stands_before(previous, field));
    same = same && (*known)[i] == field;
    previous = field;
  }
  if (!in) return;
  const auto report = [&](Code code, const char* detail) {
    state.report(code, state.record_offset, detail);
  };
  if (count == 0) return report(Code::kBadTemplate, "a template has no fields");
  if (!rising) return report(Code::kBadTemplate, "the fields of a template are not in order");
  if (known == nullptr) {
    return report(Code::kUnsupportedRecord,
                  "a template behind the first key, or too large for the memory of this run");
  }
  if (!same) report(Code::kBadTemplate, "two templates have the same id");
}

void skip_template_array(Cursor& in, const FileContext& file) {
  const HashTemplate* const fields = find_template(in, file, read_length(in));
  for (size_t i = 0; fields != nullptr && i < fields->size() && in; ++i) skip_string(in);
}

void decode_template_array(ValueReader& value) {
  const HashTemplate* const fields = fields_of(value, read_length(value.in));
  if (fields == nullptr) return;
  const uint64_t before = value.in.remaining();
  RepeatedNames names;
  for (const std::string& field : *fields) {
    const Bytes text = value.read_text().text;
    names.add(value.in, field, before - value.in.remaining());
    if (!value.in) return;
    value.push({ElementKind::kField, field, text, kNoExpiry});
  }
}

void decode_template_listpack(ValueReader& value) {
  const Blob blob = value.read_blob();
  if (!value.in) return;
  ListpackWalker walker(blob);
  PackedValue item;
  if (!walker.next(item) || !item.is_integer) walker.fail(Code::kBadTemplate, "it names none");
  if (!walker.cursor()) {
    value.path.leave_elements();
    return value.adopt(walker);
  }
  const HashTemplate* const fields = fields_of(value, static_cast<uint64_t>(item.integer));
  if (fields == nullptr) return;
  RepeatedNames names;
  for (const std::string& field : *fields) {
    names.add(value.in, field, blob.data.size());
    if (!value.in) return;
    if (!walker.next(item))
      walker.fail(Code::kBadTemplate, "it has fewer values than its template");
    if (!walker.cursor()) return value.adopt(walker);
    value.push({ElementKind::kField, field, value.text(item), kNoExpiry});
  }
  if (walker.next(item)) walker.fail(Code::kBadTemplate, "it has more values than its template");
  value.adopt(walker);
  value.out.flush();
}

}  // namespace rdbproof
