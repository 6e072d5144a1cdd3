#include "bench/micro_inputs.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <utility>

#include "bench/dump.h"
#include "engine/rdb/prologue.h"
#include "engine/rdb/record_decoder.h"

namespace rdbproof::bench {
namespace {

constexpr uint64_t kDumpBytes = 2'000'000;
constexpr uint64_t kDecodedDumpBytes = 200'000;
constexpr uint64_t kSeed = 1;

Dump make_dump(std::string_view profile_name, uint64_t bytes) {
  const auto profile = make_profile(profile_name, kSeed);
  Dump dump;
  RdbWriter out(dump.bytes);
  if (!profile || !write_dump({.profile = profile.get(), .bytes = bytes, .seed = kSeed}, out)) {
    std::abort();
  }
  Prologue prologue = read_prologue(dump.bytes, true, Limits());
  if (prologue.state != PrologueState::kRead) std::abort();
  dump.file = std::move(prologue.file);
  return dump;
}

class KeepingSink final : public EventSink {
 public:
  explicit KeepingSink(DecodedDump& dump) : dump_(dump) {}

  void begin_key(const Key& key) override {
    dump_.keys.push_back({key, {}, dump_.elements.size(), 0});
    dump_.keys.back().key.name = keep(key.name);
  }
  void elements(const Key& /*key*/, std::span<const Element> batch) override {
    for (Element element : batch) {
      element.a = keep(element.a);
      element.b = keep(element.b);
      dump_.elements.push_back(element);
    }
    dump_.keys.back().count += batch.size();
  }
  void end_key(const Key& /*key*/, const ValueSummary& summary) override {
    dump_.keys.back().summary = summary;
  }
  void finding(Finding /*finding*/) override { std::abort(); }

 private:
  Bytes keep(Bytes text) {
    if (text.data() == nullptr) return text;
    char* const copy = dump_.texts.allocate(text.size());
    std::ranges::copy(text, copy);
    return {copy, text.size()};
  }

  DecodedDump& dump_;
};

template <class Value, class Make>
const Value& made_once(std::map<std::string, Value, std::less<>>& kept, std::string_view name,
                       const Make& make) {
  const auto found = kept.find(name);
  if (found != kept.end()) return found->second;
  return kept.emplace(name, make()).first->second;
}

DecodedDump make_decoded_dump(std::string_view profile) {
  const Dump dump = make_dump(profile, kDecodedDumpBytes);
  DecodedDump decoded;
  KeepingSink sink(decoded);
  RecordDecoder(dump.file, sink).decode(dump.records(), dump.records_offset());
  decoded.bytes = dump.records().size();
  return decoded;
}

}  // namespace

uint64_t Dump::records_offset() const {
  return kHeaderBytes;
}

Bytes Dump::records() const {
  constexpr uint64_t kChecksumBytes = 8;
  return Bytes(bytes).substr(kHeaderBytes, bytes.size() - kHeaderBytes - kChecksumBytes);
}

const Dump& dump_of(std::string_view profile) {
  static std::map<std::string, Dump, std::less<>> dumps;
  return made_once(dumps, profile, [&] { return make_dump(profile, kDumpBytes); });
}

const DecodedDump& decoded_dump_of(std::string_view profile) {
  static std::map<std::string, DecodedDump, std::less<>> dumps;
  return made_once(dumps, profile, [&] { return make_decoded_dump(profile); });
}

std::string random_text(size_t length) {
  Random random(kSeed);
  std::string text(length + 8, '\0');
  random.text(text.data(), length);
  text.resize(length);
  return text;
}

bool register_for_profiles(const char* name,
                           void (*function)(benchmark::State&, std::string_view profile)) {
  for (const ProfileKind& kind : profile_kinds()) {
    const std::string full_name = std::string(name).append("/").append(kind.name);
    benchmark::RegisterBenchmark(full_name.c_str(), function, kind.name);
  }
  return true;
}

void report(benchmark::State& state, uint64_t bytes, uint64_t items) {
  const auto iterations = static_cast<int64_t>(state.iterations());
  if (bytes != 0) state.SetBytesProcessed(iterations * static_cast<int64_t>(bytes));
  if (items == 0) return;
  state.SetItemsProcessed(iterations * static_cast<int64_t>(items));
  using benchmark::Counter;
  const auto per_item =
      static_cast<Counter::Flags>(Counter::kIsIterationInvariantRate | Counter::kInvert);
  state.counters["time_per_item"] = Counter(static_cast<double>(items), per_item);
}

}  // namespace rdbproof::bench
