// RDB 15: templates of hashes, and hashes that refer to them.
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "engine/encoding/listpack_writer.h"
#include "engine/rdb/framer.h"
#include "engine/rdb/prologue.h"
#include "engine/rdb/record_decoder.h"
#include "engine/rdb/writer.h"

namespace rdbproof {
namespace {

using Texts = std::vector<Bytes>;
using Lines = std::vector<std::string>;
using Codes = std::vector<Code>;
using Body = std::function<void(RdbWriter&)>;

class Recorder final : public EventSink {
 public:
  void begin_key(const Key& key) override { line_ = std::string(key.name) + ":"; }
  void elements(const Key& /*key*/, std::span<const Element> batch) override {
    for (const Element& element : batch) {
      line_ += " " + std::string(element.a) + "=" + std::string(element.b);
    }
  }
  void end_key(const Key& /*key*/, const ValueSummary& value) override {
    lines.push_back(line_ + " " + std::string(value.encoding));
  }
  void drop_key(const Key& /*key*/) override { lines.push_back("dropped"); }
  void finding(Finding finding) override { codes.push_back(finding.code); }

  Lines lines;
  Codes codes;

 private:
  std::string line_;
};

struct Decoded {
  Framing framing;
  Recorder events;
};

Decoded decode(Bytes file) {
  Decoded result;
  const Prologue prologue = read_prologue(file, true, Limits{});
  if (prologue.state != PrologueState::kRead) return result;
  const Bytes records = file.substr(kHeaderBytes);
  result.framing = frame_records(prologue.file, records, kHeaderBytes, true, ~uint64_t{0});
  RecordDecoder decoder(prologue.file, result.events);
  decoder.decode(records.substr(0, result.framing.length), kHeaderBytes);
  return result;
}

std::string file_of(const Body& body) {
  std::string bytes;
  RdbWriter writer(bytes);
  writer.header(15);
  writer.aux("redis-ver", "8.10.0");
  body(writer);
  EXPECT_TRUE(writer.finish().has_value());
  return bytes;
}

void hash_template(RdbWriter& writer, uint64_t id, const Texts& fields) {
  writer.byte(242);
  writer.length(id);
  writer.length(fields.size());
  for (const Bytes field : fields) writer.string(field);
}

// The first entry is the id, as text.
void packed_hash(RdbWriter& writer, Bytes name, const Texts& entries) {
  ListpackWriter pack;
  for (const Bytes entry : entries) pack.append(entry);
  writer.key(30, name);
  writer.plain_string(pack.finish());
}

void plain_hash(RdbWriter& writer, Bytes name, uint64_t id, const Texts& values) {
  writer.key(32, name);
  writer.length(id);
  for (const Bytes value : values) writer.string(value);
}

std::string whole_file() {
  return file_of([](RdbWriter& writer) {
    hash_template(writer, 0, {"1", "z", "age", "name"});
    hash_template(writer, 300, {"only"});
    writer.select_db(0);
    packed_hash(writer, "p", {"0", "a", "2", "", "d"});
    plain_hash(writer, "q", 300, {"12345"});
    packed_hash(writer, "r", {"300", "x"});
    plain_hash(writer, "s", 0, {"w", "x", "y", "z"});
  });
}

TEST(HashTemplate, GivesTheFieldsTheirNames) {
  const Decoded decoded = decode(whole_file());
  EXPECT_TRUE(decoded.framing.end_seen);
  EXPECT_EQ(decoded.events.codes, Codes{});
  EXPECT_EQ(decoded.events.lines,
            (Lines{"p: 1=a z=2 age= name=d template-listpack", "q: only=12345 template-array",
                   "r: only=x template-listpack", "s: 1=w z=x age=y name=z template-array"}));
}

// Else each key of a few bytes would cost as much as the names in its template.
TEST(HashTemplate, BoundsHowLongNamesMayBeBesideValues) {
  const auto codes_of = [](size_t name_bytes) {
    const std::string name(name_bytes, 'n');
    return decode(file_of([&](RdbWriter& writer) {
             hash_template(writer, 0, {name});
             packed_hash(writer, "p", {"0", "a"});
             plain_hash(writer, "q", 0, {"a"});
           }))
        .events.codes;
  };
  EXPECT_EQ(codes_of(4000), Codes{});
  EXPECT_EQ(codes_of(100'000), (Codes{Code::kLimitExceeded, Code::kLimitExceeded}));
}

TEST(HashTemplate, SurvivesACutAtEveryByte) {
  const std::string file = whole_file();
  for (size_t size = 0; size < file.size() - 8; ++size) {
    EXPECT_FALSE(decode(Bytes(file).substr(0, size)).framing.end_seen) << size;
  }
}

TEST(HashTemplate, SurvivesAnyByteInAnyPlace) {
  const std::string file = whole_file();
  for (size_t place = kHeaderBytes; place < file.size(); ++place) {
    for (const int value : {0, 1, 0x40, 0x81, 0xC0, 0xC3, 0xFA, 0xFF}) {
      std::string broken = file;
      broken[place] = static_cast<char>(value);
      decode(broken);
    }
  }
}

TEST(HashTemplate, MustHaveFieldsInOrder) {
  for (const Texts& fields :
       std::vector<Texts>{{}, {"b", "a"}, {"a", "a"}, {"aa", "b"}, {"\xFF", "a"}}) {
    const Decoded decoded =
        decode(file_of([&](RdbWriter& writer) { hash_template(writer, 0, fields); }));
    EXPECT_TRUE(decoded.framing.end_seen);
    EXPECT_EQ(decoded.events.codes, Codes{Code::kBadTemplate});
  }
}

TEST(HashTemplate, MustHaveAnIdOfItsOwn) {
  const Decoded decoded = decode(file_of([](RdbWriter& writer) {
    hash_template(writer, 1, {"a"});
    hash_template(writer, 1, {"b"});
  }));
  EXPECT_EQ(decoded.events.codes, Codes{Code::kBadTemplate});
}

TEST(HashTemplate, BehindTheFirstKeyIsUnsupported) {
  const Decoded decoded = decode(file_of([](RdbWriter& writer) {
    writer.key(0, "s");
    writer.string("v");
    hash_template(writer, 1, {"a"});
  }));
  EXPECT_EQ(decoded.events.codes, Codes{Code::kUnsupportedRecord});
}

TEST(HashTemplate, MustBeThere) {
  const Decoded packed = decode(file_of([](RdbWriter& writer) {
    hash_template(writer, 0, {"a"});
    packed_hash(writer, "p", {"5", "v"});
    packed_hash(writer, "q", {"-1", "v"});
    packed_hash(writer, "r", {"0", "v"});
  }));
  EXPECT_EQ(packed.events.codes, (Codes{Code::kBadTemplate, Code::kBadTemplate}));
  EXPECT_EQ(packed.events.lines, (Lines{"dropped", "dropped", "r: a=v template-listpack"}));
  // Without its template, the end of such a value cannot be found.
  const Decoded plain = decode(file_of([](RdbWriter& writer) {
    hash_template(writer, 0, {"a"});
    plain_hash(writer, "p", 5, {"v"});
  }));
  EXPECT_EQ(plain.framing.code, Code::kBadTemplate);
}

TEST(HashTemplate, MustFitTheValues) {
  for (const Texts& entries :
       std::vector<Texts>{{}, {"x", "1", "2"}, {"0", "1"}, {"0", "1", "2", "3"}}) {
    const Decoded decoded = decode(file_of([&](RdbWriter& writer) {
      hash_template(writer, 0, {"a", "b"});
      packed_hash(writer, "p", entries);
    }));
    EXPECT_EQ(decoded.events.codes, Codes{Code::kBadTemplate});
    EXPECT_EQ(decoded.events.lines, Lines{"dropped"});
  }
}

TEST(HashTemplate, FormsForDumpAreUnsupportedInFiles) {
  for (const uint8_t type : std::vector<uint8_t>{29, 31, 33}) {
    const Decoded decoded = decode(file_of([&](RdbWriter& writer) { writer.key(type, "x"); }));
    EXPECT_EQ(decoded.framing.code, Code::kUnsupportedRecord) << int{type};
  }
}

}  // namespace
}  // namespace rdbproof
