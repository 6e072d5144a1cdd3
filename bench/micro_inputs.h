// What several micro benchmarks eat, and how they report.
#pragma once

#include <benchmark/benchmark.h>

#include <string>
#include <string_view>
#include <vector>

#include "bench/random.h"
#include "engine/model/element_batch.h"
#include "engine/rdb/file_context.h"

namespace rdbproof::bench {

inline constexpr size_t kBatch = 128;  // elements that decoders hand on at a time

// A generated dump of a profile, of 2 MB.
struct Dump {
  std::string bytes;
  FileContext file;

  Bytes records() const;
  uint64_t records_offset() const;
};

// Made at the first call for each profile, and kept.
const Dump& dump_of(std::string_view profile);

// What a decoder yielded, its texts copied.
struct DecodedKey {
  Key key;
  ValueSummary summary;
  size_t first;  // of its elements
  size_t count;
};

// Of a dump so short that all of it stays in a cache near the core, as what a decoder hands on
// does.
struct DecodedDump {
  TextArena texts;
  std::vector<DecodedKey> keys;
  std::vector<Element> elements;
  uint64_t bytes = 0;  // of the dump
};

const DecodedDump& decoded_dump_of(std::string_view profile);

// Letters that no compressor gains from.
std::string random_text(size_t length);

// A benchmark name/profile for each profile; true, so that a variable can be made of it.
bool register_for_profiles(const char* name,
                           void (*function)(benchmark::State&, std::string_view profile));

// To be called after the loop. What one iteration did; zero is left out.
void report(benchmark::State& state, uint64_t bytes, uint64_t items);

}  // namespace rdbproof::bench
