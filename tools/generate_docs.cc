// Prints the pages of docs/ that are made from the tables of the engine:
//   rdbproof-docs findings | rdb-format
#include <fmt/format.h>

#include <cstdio>
#include <string>
#include <string_view>

#include "engine/base/finding.h"
#include "engine/rdb/grammar.h"

namespace {

using namespace rdbproof;

// A table's cell ends at a bar.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c;
  }
  return out;
}

void print_findings() {
  fmt::print(
      "# Findings\n\nMade from the table in `engine/base/finding.h` by `./dev docs`.\n\n"
      "The gravest finding decides the verdict: a `damaged` one makes it `damaged`, and so on; "
      "notes change nothing.\n\n"
      "| code | severity | what it means | what to do |\n|---|---|---|---|\n");
  for (const FindingKind& kind : kFindingKinds) {
    if (kind.code == Code::kNone) continue;
    fmt::print("| `{}` | {} | {} | {} |\n", kind.slug, severity_name(kind.severity),
               cell(kind.sentence), cell(kind.advice));
  }
}

std::string dialects_text(uint8_t dialects) {
  if (dialects == kInAll) return "all";
  std::string out;
  const auto add = [&](uint8_t bit, std::string_view name) {
    if ((dialects & bit) == 0) return;
    if (!out.empty()) out += ", ";
    out += name;
  };
  add(kInRedis, "Redis");
  add(kInValkey, "Valkey to 8");
  add(kInValkeyMagic, "Valkey from 9");
  add(kInKeyDb, "KeyDB");
  add(kInDragonfly, "Dragonfly");
  return out;
}

std::string_view reading_text(const RdbRow& row) {
  if (row.role == RowRole::kUnreadable) return "ends the reading: its length cannot be told";
  if (row.refusal != Code::kNone) return "passed, not understood";
  if (row.role == RowRole::kValue) return "decoded";
  return row.handle == nullptr ? "passed" : "read";
}

void print_format() {
  fmt::print(
      "# Types and opcodes\n\nMade from the grammar table in `engine/rdb/grammar.cc` by `./dev "
      "docs`.\n\n"
      "A record begins with its byte. Values go on with the key's name, a string; then comes what "
      "the layout says:\n"
      "`L` length, `S` string, `D` double as text, `1` `4` `8` raw bytes, `G` 16 raw bytes, `T` "
      "module tokens up to their end mark,\n"
      "`M` module id and tokens, `*(...)` a length and as many times what is in the "
      "parentheses.\n\n"
      "`since` is the first version of the format that servers write the record in. Where two rows "
      "share a byte, dialect and version choose.\n"
      "The dialect is told by the magic (`VALKEY`), else by the AUX fields before the first key: "
      "`df-ver` Dragonfly, `valkey-ver` Valkey,\n"
      "`repl-masters`, `keydb-...` or a `redis-ver` of 6.3 KeyDB, else Redis.\n\n"
      "| byte | name | dialects | since | layout | type | encoding | here "
      "|\n|---|---|---|---|---|---|---|---|\n");
  for (const RdbRow& row : grammar_rows()) {
    const bool value = row.role == RowRole::kValue;
    fmt::print("| {} | {} | {} | {} | {}{}{} | {} | {} | {} |\n", row.byte, row.name,
               dialects_text(row.dialects), row.first_version, row.layout.empty() ? "" : "`",
               cell(row.layout), row.layout.empty() ? "" : "`", value ? name_of(row.type) : "",
               row.encoding, reading_text(row));
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view page = argc == 2 ? argv[1] : "";
  if (page == "findings") {
    print_findings();
  } else if (page == "rdb-format") {
    print_format();
  } else {
    fmt::print(stderr, "usage: rdbproof-docs findings | rdb-format\n");
    return 2;
  }
  return 0;
}
