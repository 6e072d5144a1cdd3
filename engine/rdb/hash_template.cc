// Hashes whose field names stand in a template of the file (Redis 8.10, types 30 and 32).
#include "engine/encoding/listpack.h"
#include "engine/rdb/values.h"

namespace rdbproof {
namespace {

const HashTemplate* find_template(Cursor& in, const FileContext& file, uint64_t id) {
  const HashTemplate* const found = file.find_template(id);
  if (found == nullptr) in.fail(Code::kBadTemplate);
  return found;
}

}  // namespace

void skip_template_array(Cursor& in, const FileContext& file) {
  const HashTemplate* const fields = find_template(in, file, read_length(in));
  for (size_t i = 0; fields != nullptr && i < fields->size() && in; ++i) skip_string(in);
}

void decode_template_array(ValueReader& value) {
  const HashTemplate* const fields = find_template(value.in, value.file, read_length(value.in));
  if (fields == nullptr) return;
  for (const std::string& field : *fields) {
    const Bytes text = value.read_text().text;
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
  if (!walker.cursor()) return value.adopt_failure(walker.cursor());
  const auto id = static_cast<uint64_t>(item.integer);
  const HashTemplate* const fields = find_template(value.in, value.file, id);
  if (fields == nullptr) return;
  for (const std::string& field : *fields) {
    if (!walker.next(item)) walker.fail(Code::kBadTemplate, "it has fewer values than its template");
    if (!walker.cursor()) return value.adopt_failure(walker.cursor());
    value.push({ElementKind::kField, field, value.text(item), kNoExpiry});
  }
  if (walker.next(item)) walker.fail(Code::kBadTemplate, "it has more values than its template");
  value.adopt_failure(walker.cursor());
  value.out.flush();
}

}  // namespace rdbproof
