#include "tests/unit/rdb/recording_sink.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <bit>

#include "engine/base/text.h"
#include "engine/rdb/prologue.h"
#include "engine/rdb/record_decoder.h"
#include "engine/rdb/writer.h"

namespace rdbproof::test {
namespace {

std::string quoted(Bytes text) {
  return "'" + escape_for_terminal(text, 60) + "'";
}

}  // namespace

std::string element_text(const Element& e) {
  const std::string a = quoted(e.a);
  const std::string b = quoted(e.b);
  const std::string expires = e.x == kNoExpiry ? "" : fmt::format(" expires {}", e.x);
  switch (e.kind) {
    case ElementKind::kItem:
      return "item " + a;
    case ElementKind::kMember:
      return "member " + a;
    case ElementKind::kField:
      return "field " + a + " " + b + expires;
    case ElementKind::kScored:
      return fmt::format("scored {} {}", a, std::bit_cast<double>(e.x));
    case ElementKind::kMemberExpiry:
      return "member-expiry " + a + expires;
    case ElementKind::kStreamEntry:
      return fmt::format("entry {}-{}", e.x, e.y);
    case ElementKind::kStreamField:
      return "entry-field " + a + " " + b;
    case ElementKind::kStreamLastId:
      return fmt::format("last-id {}-{}", e.x, e.y);
    case ElementKind::kStreamGroup:
      return fmt::format("group {} {}-{}", a, e.x, e.y);
    case ElementKind::kStreamConsumer:
      return "consumer " + a;
    case ElementKind::kStreamPending:
      return fmt::format("pending {}-{} {} times {}", e.x, e.y, e.a.data() ? a : "nobody", e.z);
    case ElementKind::kArrayItem:
      return fmt::format("index {} {}", e.x, a);
    case ElementKind::kArrayInsertIndex:
      return fmt::format("insert-index {}", e.x);
    case ElementKind::kVector:
      return fmt::format("vector {} {}", a, to_hex(e.b));
    case ElementKind::kVectorAttribute:
      return "attribute " + a + " " + b;
    case ElementKind::kVectorSetInfo:
      return fmt::format("dimension {} quantisation {}", e.x, e.y);
    case ElementKind::kToken:
      return fmt::format("token {} {} {}", e.x, a, e.y);
  }
  return "?";
}

void RecordingSink::select_database(uint64_t database) {
  lines.push_back(fmt::format("db {}", database));
}
void RecordingSink::begin_key(const Key& key) {
  const std::string expires = key.has_expiry ? fmt::format(" expires {}", key.expire_at_ms) : "";
  lines.push_back(
      fmt::format("{} {}{} at {}", key.type_name(), quoted(key.name), expires, key.offset));
}
void RecordingSink::elements(const Key& /*key*/, std::span<const Element> batch) {
  for (const Element& element : batch) lines.push_back(element_text(element));
}
void RecordingSink::end_key(const Key& /*key*/, const ValueSummary& value) {
  std::string line =
      fmt::format("{} {} elements {} bytes", value.encoding, value.elements, value.bytes);
  if (value.expiring_elements != 0) line += fmt::format(" {} expiring", value.expiring_elements);
  lines.push_back(line);
}
void RecordingSink::drop_key(const Key& key) {
  lines.push_back("drop " + quoted(key.name));
}
void RecordingSink::aux(Bytes name, Bytes value) {
  lines.push_back("aux " + quoted(name) + " " + quoted(value));
}
void RecordingSink::function(Bytes source) {
  lines.push_back("function " + quoted(source));
}
void RecordingSink::resize_hint(uint64_t keys, uint64_t expires) {
  lines.push_back(fmt::format("resize {} {}", keys, expires));
}
void RecordingSink::finding(Finding finding) {
  lines.push_back(std::string(kind_of(finding.code).slug));
  findings.push_back(std::move(finding));
}

FileContext context_of(Bytes beginning) {
  Prologue prologue = read_prologue(beginning, true, Limits());
  EXPECT_EQ(prologue.state, PrologueState::kRead) << kind_of(prologue.finding.code).slug;
  return std::move(prologue.file);
}

RecordingSink decode(Bytes beginning, Bytes records) {
  const FileContext file = context_of(beginning);
  RecordingSink sink;
  RecordDecoder decoder(file, sink);
  // A copy of its own, so that a sanitizer sees any read behind it.
  const std::string copy(records);
  decoder.decode(copy, kRecordsOffset);
  return sink;
}

std::vector<std::string> decode_value(Bytes beginning, uint8_t type, Bytes value) {
  RecordingSink sink =
      decode(beginning, std::string(1, static_cast<char>(type)) + "\x01k" + std::string(value));
  for (const Finding& finding : sink.findings) {
    EXPECT_GE(finding.offset, kRecordsOffset);
    EXPECT_LE(finding.offset, kRecordsOffset + value.size() + 3);
  }
  if (!sink.lines.empty()) sink.lines.erase(sink.lines.begin());
  return sink.lines;
}

Finding first_finding(Bytes beginning, uint8_t type, Bytes value) {
  const RecordingSink sink =
      decode(beginning, std::string(1, static_cast<char>(type)) + "\x01k" + std::string(value));
  return sink.findings.empty() ? Finding() : sink.findings[0];
}

std::string rdb_string(Bytes text) {
  std::string out;
  RdbWriter(out).plain_string(text);
  return out;
}

}  // namespace rdbproof::test
