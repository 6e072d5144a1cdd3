#include "engine/verify/key_rows.h"

namespace rdbproof {

void KeyRows::add(const KeyRowFormat& format, const KeyRow& row) {
  Run& run = runs_.back();
  format.append_row(run.text, row);
  run.line_ends.push_back(run.text.size());
}

void KeyRows::render(const KeyRowFormat& format, uint64_t database, std::string& out) const {
  for (const Run& run : runs_) {
    const std::string prefix = format.prefix(run.database.value_or(database));
    size_t begin = 0;
    for (const size_t end : run.line_ends) {
      out += prefix;
      out.append(run.text, begin, end - begin);
      begin = end;
    }
  }
}

}  // namespace rdbproof
