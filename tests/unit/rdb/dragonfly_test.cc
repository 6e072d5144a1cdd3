// Dragonfly files, built by hand from the facts in docs/rdb-format.md: no file of a server is here.
#include <gtest/gtest.h>
#include <lz4frame.h>
#include <zstd.h>

#include <bit>
#include <functional>
#include <string>
#include <vector>

#include "engine/rdb/framer.h"
#include "engine/rdb/prologue.h"
#include "engine/rdb/record_decoder.h"
#include "engine/rdb/writer.h"

namespace rdbproof {
namespace {

using Lines = std::vector<std::string>;
using Body = std::function<void(RdbWriter&)>;

std::string expiry_text(uint64_t expiry) {
  return expiry == kNoExpiry ? "" : " @" + std::to_string(expiry);
}

std::string token_text(const Element& token) {
  switch (static_cast<TokenKind>(token.x)) {
    case TokenKind::kString:
      return "'" + std::string(token.a) + "'";
    case TokenKind::kDouble:
      return std::to_string(std::bit_cast<double>(token.y));
    default:
      return std::to_string(token.y);
  }
}

std::string element_text(const Element& element) {
  switch (element.kind) {
    case ElementKind::kField:
      return std::string(element.a) + "=" + std::string(element.b) + expiry_text(element.x);
    case ElementKind::kMemberExpiry:
      return std::string(element.a) + expiry_text(element.x);
    case ElementKind::kToken:
      return token_text(element);
    default:
      return std::string(element.a);
  }
}

// Notes events as lines: "type name: element, element".
class Recorder final : public EventSink {
 public:
  void select_database(uint64_t database) override {
    lines.push_back("db " + std::to_string(database));
  }
  void begin_key(const Key& key) override {
    line_ = std::string(key.type_name()) + " " + std::string(key.name);
    if (key.has_expiry) line_ += " @" + std::to_string(key.expire_at_ms);
    line_ += ":";
    offsets.push_back(key.offset);
  }
  void elements(const Key& /*key*/, std::span<const Element> batch) override {
    for (const Element& element : batch) line_ += " " + element_text(element);
  }
  void end_key(const Key& /*key*/, const ValueSummary& value) override {
    lines.push_back(line_);
    summary = value;
  }
  void drop_key(const Key& /*key*/) override { lines.push_back("dropped"); }
  void finding(Finding finding) override { findings.push_back(std::move(finding)); }

  Lines lines;
  std::vector<uint64_t> offsets;
  std::vector<Finding> findings;
  ValueSummary summary;

 private:
  std::string line_;
};

struct Decoded {
  Framing framing;
  Recorder events;

  std::vector<Code> codes() const {
    std::vector<Code> codes;
    for (const Finding& finding : events.findings) codes.push_back(finding.code);
    return codes;
  }
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

std::string records_of(const Body& body) {
  std::string bytes;
  RdbWriter writer(bytes);
  body(writer);
  return bytes;
}

// The header as each file of a set has it, then `body`, then the end.
std::string file_of(const Body& body) {
  std::string bytes;
  RdbWriter writer(bytes, {.checksum = false});
  writer.header(9);
  writer.aux("snapshot-id", "0123456789abcdef");
  writer.aux("redis-ver", "6.2.11");
  writer.aux("df-ver", "df-v1.40.0");
  body(writer);
  EXPECT_TRUE(writer.finish().has_value());
  return bytes;
}

void u32(RdbWriter& writer, uint32_t value) {
  for (int i = 0; i < 4; ++i) writer.byte(static_cast<uint8_t>(value >> (8 * i)));
}

std::string zstd_frame(Bytes plain) {
  std::string packed(ZSTD_compressBound(plain.size()), '\0');
  packed.resize(ZSTD_compress(packed.data(), packed.size(), plain.data(), plain.size(), 2));
  return packed;
}

std::string lz4_frame(Bytes plain) {
  LZ4F_preferences_t preferences{};
  preferences.frameInfo.contentSize = plain.size();
  std::string packed(LZ4F_compressFrameBound(plain.size(), &preferences), '\0');
  packed.resize(
      LZ4F_compressFrame(packed.data(), packed.size(), plain.data(), plain.size(), &preferences));
  return packed;
}

constexpr uint8_t kZstd = 201;
constexpr uint8_t kLz4 = 202;

void block(RdbWriter& writer, uint8_t opcode, Bytes packed) {
  writer.byte(opcode);
  writer.length(packed.size());
  writer.raw(packed);
}

void string_key(RdbWriter& writer, Bytes name) {
  writer.key(0, name);
  writer.string("v");
}

void bloom(RdbWriter& writer, uint64_t filters) {
  writer.length(0);
  writer.double_le(2);
  writer.double_le(0.25);
  for (const uint64_t number : {uint64_t{1}, uint64_t{3}, uint64_t{100}, filters}) {
    writer.length(number);
  }
}

void bloom_2_key(RdbWriter& writer) {
  writer.key(34, "b2");
  bloom(writer, 2);
  writer.length(4);  // hash functions
  writer.length(8);
  for (const Bytes piece : {Bytes("abc"), Bytes("de"), Bytes("fgh")}) writer.plain_string(piece);
  writer.length(5);
  writer.length(2);
  writer.plain_string("xy");
}

void count_min_key(RdbWriter& writer) {
  writer.key(35, "c");
  for (const uint64_t number : {2, 1, 7}) writer.length(number);
  writer.raw("12345678ABCDEFGH");
}

void top_k_key(RdbWriter& writer) {
  writer.key(36, "t");
  for (const uint64_t number : {0, 3, 2, 1}) writer.length(number);
  writer.double_le(0.5);
  writer.length(2);
  writer.string("one");
  writer.length(9);
  writer.string("2");
  writer.length(300);
  writer.plain_string("abcdefgh");
}

void cuckoo_key(RdbWriter& writer, Bytes slots = "abcd") {
  writer.key(37, "k");
  for (const uint64_t number : {2, 20, 1, 2, 3, 0, 1}) writer.length(number);
  writer.length(slots.size());
  writer.plain_string(slots.substr(0, 1));
  writer.plain_string(slots.substr(1));
}

void hash_key(RdbWriter& writer, Bytes expiry) {
  writer.key(31, "h");
  writer.length(2);
  for (const Bytes text : {Bytes("f"), Bytes("1"), Bytes("-1"), Bytes("g"), Bytes("two"), expiry}) {
    writer.string(text);
  }
}

void vector_index(RdbWriter& writer, uint32_t first_id) {
  writer.byte(222);
  writer.string("idx:field");
  writer.length(0);
  writer.length(2);
  u32(writer, first_id);
  writer.u64_le(77);
  u32(writer, 1);  // two levels: one link, none
  for (const uint32_t number : {1U, 1U, 0U}) u32(writer, number);
  u32(writer, first_id + 1);
  writer.u64_le(78);
  u32(writer, 0);
  u32(writer, 0);
}

// A file with everything that is read.
std::string whole_file() {
  return file_of([](RdbWriter& writer) {
    vector_index(writer, 0);
    writer.byte(223);
    writer.length(0);
    writer.string("idx");
    writer.length(1);
    writer.string("doc");
    writer.length(5);
    writer.select_db(1);
    writer.expire_ms(5000);
    writer.byte(220);
    u32(writer, 3);
    u32(writer, 42);
    string_key(writer, "s");
    writer.key(30, "j");
    writer.string(R"({"a":1})");
    hash_key(writer, "10");
    writer.key(33, "b");
    bloom(writer, 1);
    writer.length(4);
    writer.plain_string("abcd");
    bloom_2_key(writer);
    block(writer, kLz4, lz4_frame(records_of([](RdbWriter& inner) {
            inner.select_db(2);
            count_min_key(inner);
            top_k_key(inner);
          })));
    block(writer, kZstd, zstd_frame(records_of([](RdbWriter& inner) {
            inner.select_db(3);
            cuckoo_key(inner);
          })));
    writer.byte(210);
    writer.length(1);
    writer.string("entry");
    writer.byte(211);
    writer.u64_le(9);
    writer.byte(200);
    writer.u64_le(0);
  });
}

TEST(Dragonfly, ReadsAllItsRecords) {
  const Decoded decoded = decode(whole_file());
  EXPECT_TRUE(decoded.framing.end_seen);
  EXPECT_EQ(decoded.codes(), std::vector<Code>{});
  EXPECT_EQ(
      decoded.events.lines,
      (Lines{"db 1", "string s @5000: v", R"(ReJSON-RL j: {"a":1})",
             "hash h: f=1 g=two @1675209610000", "sketch b: 2.000000 0.250000 1 3 100 1 4 'abcd'",
             "sketch b2: 2.000000 0.250000 1 3 100 2 4 'abcdefgh' 5 'xy'", "db 2",
             "sketch c: 2 1 7 '12345678ABCDEFGH'",
             "sketch t: 3 2 1 0.500000 2 'one' 9 '2' 300 'abcdefgh'", "db 3",
             "sketch k: 2 20 1 2 3 0 1 'abcd'"}));
}

TEST(Dragonfly, SurvivesACutAtEveryByte) {
  const std::string file = whole_file();
  const size_t end = file.size() - 8;  // behind the end mark
  for (size_t size = 0; size < end; ++size) {
    const Decoded decoded = decode(Bytes(file).substr(0, size));
    EXPECT_FALSE(decoded.framing.end_seen) << size;
  }
}

TEST(Dragonfly, SurvivesAnyByteInAnyPlace) {
  const std::string file = whole_file();
  for (size_t place = kHeaderBytes; place < file.size(); ++place) {
    for (const int value : {0, 1, 0x40, 0x81, 0xC0, 0xC3, 0xFA, 0xFF}) {
      std::string broken = file;
      broken[place] = static_cast<char>(value);
      decode(broken);
    }
  }
}

TEST(Dragonfly, MembersOfSetsExpire) {
  const Decoded decoded = decode(file_of([](RdbWriter& writer) {
    writer.key(32, "s");
    writer.length(2);
    for (const Bytes text : {"a", "-1", "b", "0"}) writer.string(text);
  }));
  EXPECT_EQ(decoded.events.lines, Lines{"set s: a b b @1675209600000"});
  EXPECT_EQ(decoded.events.summary.elements, 2U);
  EXPECT_EQ(decoded.events.summary.expiring_elements, 1U);
}

TEST(Dragonfly, ExpiriesOfMembersAreNumbersOf32Bits) {
  for (const Bytes expiry : {"x", "1 ", "", "-2", "4294967295", "99999999999999999999"}) {
    const Decoded decoded = decode(file_of([&](RdbWriter& writer) {
      hash_key(writer, expiry);
      string_key(writer, "next");
    }));
    EXPECT_EQ(decoded.codes(), std::vector<Code>{Code::kBadExpiry}) << expiry;
    EXPECT_EQ(decoded.events.lines, (Lines{"dropped", "string next: v"}));
  }
}

TEST(Dragonfly, Type20IsJsonInItsOldFiles) {
  const Body body = [](RdbWriter& writer) {
    writer.key(20, "j");
    writer.string("[1]");
  };
  EXPECT_EQ(decode(file_of(body)).events.lines, Lines{"ReJSON-RL j: [1]"});
}

TEST(Dragonfly, JsonIsNeverEmpty) {
  const Decoded decoded = decode(file_of([](RdbWriter& writer) {
    writer.key(30, "j");
    writer.string("");
  }));
  EXPECT_EQ(decoded.codes(), std::vector<Code>{Code::kBadString});
}

TEST(Dragonfly, KeyMaskBelongsToItsKey) {
  const std::string file = file_of([](RdbWriter& writer) {
    writer.byte(220);
    u32(writer, 1);
    string_key(writer, "s");
  });
  const Decoded decoded = decode(file);
  ASSERT_EQ(decoded.events.offsets.size(), 1U);
  EXPECT_EQ(static_cast<uint8_t>(file[decoded.events.offsets[0]]), 220);
}

TEST(Dragonfly, UnknownFormsAreUnsupportedNotDamaged) {
  const std::vector<Body> bodies = {
      [](RdbWriter& writer) {  // a flag of the mask
        writer.byte(220);
        u32(writer, 4);
        string_key(writer, "s");
      },
      [](RdbWriter& writer) {  // options of a sketch
        writer.key(33, "b");
        writer.length(1);
        writer.raw(std::string(30, '\0'));
      },
      [](RdbWriter& writer) { vector_index(writer, 1); },
      [](RdbWriter& writer) {  // a vector index as before May 2026: no entry point
        writer.byte(222);
        writer.string("idx:field");
        writer.length(1);
        writer.raw(std::string(20, '\0'));
      },
  };
  for (const Body& body : bodies) {
    EXPECT_EQ(decode(file_of(body)).framing.code, Code::kUnsupportedRecord);
  }
}

TEST(Dragonfly, PiecesOfAValueArePassedOver) {
  const Decoded decoded = decode(file_of([](RdbWriter& writer) {
    for (const uint32_t number : {1U, 2U, 1U}) {
      writer.byte(224);
      u32(writer, number);
      u32(writer, 3);
      writer.raw("\xFF\xFF\xFF");
    }
    writer.byte(224);
    u32(writer, 0);
    u32(writer, 0);
    string_key(writer, "s");
  }));
  EXPECT_TRUE(decoded.framing.end_seen);
  EXPECT_EQ(decoded.codes(), (std::vector<Code>{Code::kUnsupportedRecord, Code::kUnsupportedRecord,
                                                Code::kUnsupportedRecord, Code::kBadLength}));
  EXPECT_EQ(decoded.events.lines, Lines{"string s: v"});
}

TEST(Dragonfly, SenselessSketchesAreDropped) {
  const std::vector<Body> bodies = {
      [](RdbWriter& writer) {  // not a power of two
        writer.key(33, "b");
        bloom(writer, 1);
        writer.length(4);
        writer.plain_string("abc");
      },
      [](RdbWriter& writer) {  // width 0
        writer.key(35, "c");
        for (int i = 0; i < 3; ++i) writer.length(0);
      },
      [](RdbWriter& writer) {  // counters for another width
        writer.key(36, "t");
        for (const uint64_t number : {0, 3, 3, 1}) writer.length(number);
        writer.double_le(0.5);
        writer.length(0);
        writer.plain_string("abcdefgh");
      },
      [](RdbWriter& writer) { cuckoo_key(writer, "abc"); },  // half a bucket
  };
  for (const Body& body : bodies) {
    const Decoded decoded = decode(file_of([&](RdbWriter& writer) {
      body(writer);
      string_key(writer, "next");
    }));
    EXPECT_EQ(decoded.codes(), std::vector<Code>{Code::kBadSketch});
    EXPECT_EQ(decoded.events.lines, (Lines{"dropped", "string next: v"}));
  }
}

TEST(Dragonfly, HugeDimensionsAllocateNothing) {
  const Decoded decoded = decode(file_of([](RdbWriter& writer) {
    writer.key(35, "c");
    for (int i = 0; i < 3; ++i) writer.length(~uint64_t{0});
  }));
  EXPECT_EQ(decoded.framing.code, Code::kBadSketch);
}

class DragonflyBlocks : public testing::TestWithParam<uint8_t> {
 protected:
  // Decodes a file with a block between two keys.
  static Decoded decode_packed(Bytes packed) {
    return decode(file_of([&](RdbWriter& writer) {
      writer.select_db(0);
      string_key(writer, "before");
      block(writer, GetParam(), packed);
      string_key(writer, "after");
    }));
  }
  static std::string pack(Bytes records) {
    return GetParam() == kLz4 ? lz4_frame(records) : zstd_frame(records);
  }
};
INSTANTIATE_TEST_SUITE_P(Both, DragonflyBlocks, testing::Values(kZstd, kLz4));

TEST_P(DragonflyBlocks, SelectTheDatabaseForWhatFollows) {
  const Decoded decoded = decode_packed(pack(records_of([](RdbWriter& writer) {
    writer.select_db(7);
    string_key(writer, "within");
  })));
  EXPECT_EQ(decoded.codes(), std::vector<Code>{});
  EXPECT_EQ(decoded.events.lines,
            (Lines{"db 0", "string before: v", "db 7", "string within: v", "string after: v"}));
}

TEST_P(DragonflyBlocks, AreLostAloneWhenDamaged) {
  const std::string good = pack(records_of([](RdbWriter& writer) {
    for (int i = 0; i < 100; ++i) string_key(writer, "within" + std::to_string(i));
  }));
  std::string no_frame = good;
  no_frame[0] = 'x';
  for (const Bytes packed : {Bytes(no_frame), Bytes(good).substr(0, good.size() - 6), Bytes()}) {
    const Decoded decoded = decode_packed(packed);
    EXPECT_TRUE(decoded.framing.end_seen);
    EXPECT_EQ(decoded.codes(), std::vector<Code>{Code::kBadEnvelope});
    EXPECT_EQ(decoded.events.lines, (Lines{"db 0", "string before: v", "string after: v"}));
  }
  EXPECT_EQ(decode_packed(good + "x").codes(), std::vector<Code>{Code::kBadEnvelope});
}

TEST_P(DragonflyBlocks, HoldNoBlocksAndNoEnd) {
  const std::string inner = pack(records_of([](RdbWriter& writer) { string_key(writer, "deep"); }));
  const std::vector<Body> bodies = {
      [&](RdbWriter& writer) { block(writer, GetParam(), inner); },
      [](RdbWriter& writer) { writer.byte(255); },
      [](RdbWriter& writer) { writer.byte(150); },  // no opcode at all
  };
  for (const Body& body : bodies) {
    const Decoded decoded = decode_packed(pack(records_of([&](RdbWriter& writer) {
      string_key(writer, "first");
      body(writer);
      string_key(writer, "second");
    })));
    EXPECT_TRUE(decoded.framing.end_seen);
    EXPECT_EQ(decoded.codes(), std::vector<Code>{Code::kUnknownOpcode});
    EXPECT_EQ(decoded.events.lines,
              (Lines{"db 0", "string before: v", "string first: v", "string after: v"}));
  }
}

TEST_P(DragonflyBlocks, KeepWhatTheyLeaveBehind) {
  const Decoded decoded = decode_packed(pack(records_of([](RdbWriter& writer) {
    string_key(writer, "within");
    writer.expire_ms(1);
  })));
  EXPECT_EQ(decoded.events.lines.back(), "string after: v");
}

TEST_P(DragonflyBlocks, StandWhereTheirBytesBegin) {
  const std::string packed = pack(records_of([](RdbWriter& writer) {
    string_key(writer, "within");
    writer.key(30, "j");
    writer.string("");
  }));
  const std::string file = file_of([&](RdbWriter& writer) { block(writer, GetParam(), packed); });
  const Decoded decoded = decode(file);
  ASSERT_EQ(decoded.events.findings.size(), 1U);
  const uint64_t place = file.find(packed);
  EXPECT_EQ(decoded.events.findings[0].offset, place);
  EXPECT_EQ(decoded.events.findings[0].key, "j");
  EXPECT_EQ(decoded.events.offsets, (std::vector<uint64_t>{place, place}));
}

TEST_P(DragonflyBlocks, AreBoundedByTheLimits) {
  const std::string packed = pack(std::string(200000, 'x'));
  Limits limits;
  limits.max_decompressed_bytes = 100000;
  const std::string file = file_of([&](RdbWriter& writer) { block(writer, GetParam(), packed); });
  const Prologue prologue = read_prologue(file, true, limits);
  Recorder events;
  RecordDecoder(prologue.file, events).decode(Bytes(file).substr(kHeaderBytes), kHeaderBytes);
  ASSERT_EQ(events.findings.size(), 1U);
  EXPECT_EQ(events.findings[0].code, Code::kLimitExceeded);
}

}  // namespace
}  // namespace rdbproof
