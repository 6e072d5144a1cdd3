// Records of any kind, in the dialect and version that the first two bytes choose: frames of one
// record each say what one frame of all of them says, and windows that end early what the whole
// says.
#include <algorithm>

#include "engine/rdb/framer.h"
#include "engine/rdb/record_decoder.h"
#include "tests/fuzz/dump_mutator.h"
#include "tests/fuzz/events.h"
#include "tests/fuzz/target.h"

namespace rdbproof::fuzz {
namespace {

constexpr uint64_t kOffset = 1000;
constexpr uint64_t kMostDecompressed = uint64_t{1} << 20;
constexpr size_t kChoiceBytes = 2;
constexpr uint32_t kVersions = 96;

FileContext context_for(Bytes input) {
  FileContext file;
  file.limits.max_decompressed_bytes = kMostDecompressed;
  const auto choice = static_cast<uint8_t>(input[0]);
  file.dialect = static_cast<Dialect>(choice % 4);
  file.valkey_magic = file.dialect == Dialect::kValkey && choice / 4 % 2 == 1;
  file.version = 1 + static_cast<uint8_t>(input[1]) % kVersions;
  file.templates[0] = {"a", "b"};
  select_rows(file);
  return file;
}

// Frames of one record each, up to what cannot be framed.
std::vector<size_t> frame_ends(const FileContext& file, Bytes records, Framing& last) {
  std::vector<size_t> ends;
  size_t begin = 0;
  for (;;) {
    last = frame_records(file, records.substr(begin), kOffset + begin, true, 1);
    FUZZ_CHECK(!last.need_more, "the last window needs more");
    if (last.length == 0) return ends;
    begin += last.length;
    ends.push_back(begin);
    FUZZ_CHECK(begin <= records.size(), "a frame beyond the end");
    if (last.end_seen || begin == records.size()) return ends;
  }
}

void check_windows(const FileContext& file, Bytes records, const std::vector<size_t>& ends,
                   size_t framed) {
  const size_t cuts[] = {records.size() / 3, records.size() / 2, framed, records.size() - 1};
  for (const size_t cut : cuts) {
    const Framing framing =
        frame_records(file, records.substr(0, cut), kOffset, false, ~uint64_t{0});
    if (framing.length == 0) continue;
    FUZZ_CHECK(std::ranges::binary_search(ends, framing.length), "a frame that ends elsewhere");
  }
}

void check_decoding(const FileContext& file, Bytes records, const std::vector<size_t>& ends) {
  EventSum whole;
  RecordDecoder(file, whole).decode(records.substr(0, ends.back()), kOffset);
  EventSum parts;
  size_t begin = 0;
  for (const size_t end : ends) {
    RecordDecoder(file, parts).decode(records.substr(begin, end - begin), kOffset + begin);
    begin = end;
  }
  FUZZ_CHECK(whole.take_sum() == parts.take_sum(), "frames of one record say something else");
  for (const Finding& finding : whole.findings) {
    FUZZ_CHECK(finding.offset >= kOffset && finding.offset <= kOffset + ends.back(),
               std::string(kind_of(finding.code).slug) + " outside");
  }
}

// Whether a key is all that is missing: `rest` is attributes.
bool waits_for_key(const FileContext& file, Bytes rest) {
  constexpr Bytes kKey("\0\1k\1v", 5);
  const std::string more = std::string(rest).append(kKey);
  return frame_records(file, more, kOffset, true, 1).length == more.size();
}

void run(Bytes input) {
  if (input.size() <= kChoiceBytes) return;
  const FileContext file = context_for(input);
  const Bytes records = input.substr(kChoiceBytes);
  Framing last;
  const std::vector<size_t> ends = frame_ends(file, records, last);
  const size_t framed = ends.empty() ? 0 : ends.back();
  const bool complete = last.end_seen || framed == records.size() || last.code != Code::kNone;
  FUZZ_CHECK(complete || waits_for_key(file, records.substr(framed)), "no reason to stop");
  check_windows(file, records, ends, framed);
  if (!ends.empty()) check_decoding(file, records, ends);
}

std::string choice_of(const FileContext& file) {
  const int valkey = file.valkey_magic ? 4 : 0;
  return {static_cast<char>(static_cast<int>(file.dialect) + valkey),
          static_cast<char>(file.version - 1)};
}

void seed(const Dump& dump, std::vector<std::string>& seeds) {
  constexpr size_t kRecordsOfSeed = 4;
  const std::string choice = choice_of(dump.file);
  for (size_t i = 0; i < dump.records.size(); i += kRecordsOfSeed) {
    std::string text = choice;
    for (size_t j = i; j < std::min(i + kRecordsOfSeed, dump.records.size()); ++j) {
      text += dump.records[j].all;
    }
    seeds.push_back(std::move(text));
  }
}

std::string mutate(Bytes input, const Mutation& mutation) {
  if (input.size() <= kChoiceBytes) return {};
  return std::string(input.substr(0, kChoiceBytes)) +
         mutate_records(context_for(input), input.substr(kChoiceBytes), mutation);
}

const Registration kTarget{
    {.name = "records", .run = run, .seed = seed, .mutate = mutate, .share = 2}};

}  // namespace
}  // namespace rdbproof::fuzz
