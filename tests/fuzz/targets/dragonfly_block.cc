// Dragonfly's compressed blocks. Bit 0 of the first byte chooses the codec. Bit 1 clear: the rest
// is the compressed bytes. Bit 1 set: the rest is records, which must say the same in a block as
// out of it.
#include <lz4frame.h>
#include <zstd.h>

#include "engine/rdb/framer.h"
#include "engine/rdb/record_decoder.h"
#include "engine/rdb/writer.h"
#include "tests/fuzz/dump_mutator.h"
#include "tests/fuzz/events.h"
#include "tests/fuzz/target.h"

namespace rdbproof::fuzz {
namespace {

constexpr uint64_t kOffset = 1000;
constexpr uint8_t kZstdBlock = 201;
constexpr uint8_t kLz4Block = 202;
constexpr Bytes kSentinel("\0\x08sentinel\x01v", 12);

FileContext context() {
  FileContext file;
  file.dialect = Dialect::kDragonfly;
  file.version = 9;
  file.limits.max_decompressed_bytes = uint64_t{4} << 20;
  select_rows(file);
  return file;
}

std::string compress(Bytes records, uint8_t block) {
  std::string packed(block == kZstdBlock ? ZSTD_compressBound(records.size())
                                         : LZ4F_compressFrameBound(records.size(), nullptr),
                     '\0');
  packed.resize(block == kZstdBlock
                    ? ZSTD_compress(packed.data(), packed.size(), records.data(), records.size(), 1)
                    : LZ4F_compressFrame(packed.data(), packed.size(), records.data(),
                                         records.size(), nullptr));
  return packed;
}

std::string block_record(uint8_t block, Bytes packed) {
  std::string record;
  RdbWriter writer(record);
  writer.byte(block);
  writer.plain_string(packed);
  return record;
}

// The record behind a block is read, whatever is in the block.
void check_packed(const FileContext& file, uint8_t block, Bytes packed) {
  const std::string record = block_record(block, packed);
  EventSum events;
  RecordDecoder decoder(file, events);
  decoder.decode(record + std::string(kSentinel), kOffset);
  FUZZ_CHECK(!events.keys.empty() && events.keys.back().name == "sentinel", "lost behind a block");
  FUZZ_CHECK(events.keys.back().offset == kOffset + record.size(), "not where it stands");
  for (const Finding& finding : events.findings) {
    FUZZ_CHECK(finding.offset >= kOffset && finding.offset <= kOffset + record.size(), "outside");
  }
}

// Whole records without blocks and end marks, which a block may not hold.
Bytes whole_records(const FileContext& file, Bytes records) {
  FileContext inner = file;
  inner.rows[kZstdBlock] = inner.rows[kLz4Block] = inner.rows[255] = nullptr;
  const Framing framing = frame_records(inner, records, 0, true, ~uint64_t{0});
  return records.substr(0, framing.length);
}

void check_records(const FileContext& file, uint8_t block, Bytes input) {
  const Bytes records = whole_records(file, input);
  EventSum direct(false);
  RecordDecoder(file, direct).decode(records, kOffset);
  EventSum packed(false);
  RecordDecoder(file, packed).decode(block_record(block, compress(records, block)), kOffset);
  FUZZ_CHECK(direct.take_sum() == packed.take_sum(), "a block changes what records say");
}

void run(Bytes input) {
  if (input.empty()) return;
  static const FileContext kFile = context();
  const uint8_t block = (input[0] & 1) != 0 ? kLz4Block : kZstdBlock;
  const Bytes rest = input.substr(1);
  (input[0] & 2) != 0 ? check_records(kFile, block, rest) : check_packed(kFile, block, rest);
}

void seed(const Dump& dump, std::vector<std::string>& seeds) {
  constexpr size_t kRecordsOfSeed = 3;
  for (size_t i = 0; i + kRecordsOfSeed <= dump.records.size(); i += 3 * kRecordsOfSeed) {
    std::string records;
    for (size_t j = i; j < i + kRecordsOfSeed; ++j) records += dump.records[j].all;
    for (const uint8_t block : {kZstdBlock, kLz4Block}) {
      const char choice = block == kLz4Block ? 1 : 0;
      seeds.push_back(choice + compress(records, block));
      seeds.push_back(static_cast<char>(choice | 2) + records);
    }
  }
}

std::string mutate(Bytes input, const Mutation& mutation) {
  static const FileContext kFile = context();
  if (input.size() < 2 || (input[0] & 2) == 0) return {};
  return std::string(input.substr(0, 1)) + mutate_records(kFile, input.substr(1), mutation);
}

const Registration kTarget{{.name = "dragonfly_block", .run = run, .seed = seed, .mutate = mutate}};

}  // namespace
}  // namespace rdbproof::fuzz
