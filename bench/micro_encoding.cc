#include <liblzf/lzf.h>

#include <limits>

#include "bench/emitter.h"
#include "bench/micro_inputs.h"
#include "bench/profile.h"
#include "engine/encoding/intset.h"
#include "engine/encoding/listpack.h"
#include "engine/encoding/lzf.h"
#include "engine/encoding/ziplist.h"
#include "engine/encoding/zipmap.h"
#include "engine/rdb/primitives.h"

namespace rdbproof::bench {
namespace {

constexpr unsigned kLastZiplistVersion = kFirstListpackVersion - 1;

// One entry in four is an integer.
template <unsigned version>
std::string packed_list(size_t entries) {
  Workspace work(version);
  std::string unused;
  Emitter emit(unused, work, 1, nullptr);
  for (size_t i = 0; i < entries; ++i) emit.append_value(work.packed, 4, 40);
  return std::string(work.packed.finish());
}

template <class Integer>
std::string intset(size_t entries) {
  const uint32_t header[] = {sizeof(Integer), static_cast<uint32_t>(entries)};
  std::string blob(reinterpret_cast<const char*>(header), sizeof header);
  Integer value = std::numeric_limits<Integer>::min();
  for (size_t i = 0; i < entries; ++i, ++value) {
    blob.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  return blob;
}

// Fields and values in turn, all shorter than 254 bytes.
std::string zipmap(size_t entries) {
  Random random(1);
  std::string blob(1, '\xfe');  // to be counted
  for (size_t i = 0; i < entries; ++i) {
    const std::string text = random_text(random.between(4, 40));
    blob.push_back(static_cast<char>(text.size()));
    if (i % 2 != 0) blob.push_back('\0');
    blob += text;
  }
  return blob + '\xff';
}

template <class Walker, std::string (*make)(size_t)>
void walk(benchmark::State& state) {
  const auto entries = static_cast<uint64_t>(state.range(0));
  const std::string blob = make(entries);
  for (auto _ : state) {
    Walker walker({blob});
    PackedValue value;
    uint64_t passed = 0;
    for (; walker.next(value); ++passed) benchmark::DoNotOptimize(value);
    if (!walker.cursor().ok() || passed != entries) return state.SkipWithError("not walked whole");
  }
  report(state, blob.size(), entries);
}
BENCHMARK(walk<ListpackWalker, packed_list<kFirstListpackVersion>>)
    ->Name("listpack")
    ->Arg(16)
    ->Arg(512);
BENCHMARK(walk<ZiplistWalker, packed_list<kLastZiplistVersion>>)
    ->Name("ziplist")
    ->Arg(16)
    ->Arg(512);
BENCHMARK(walk<IntsetWalker, intset<int16_t>>)->Name("intset/16bit")->Arg(16)->Arg(512);
BENCHMARK(walk<IntsetWalker, intset<int64_t>>)->Name("intset/64bit")->Arg(16)->Arg(512);
BENCHMARK(walk<ZipmapWalker, zipmap>)->Name("zipmap")->Arg(16)->Arg(512);

struct Compressed {
  std::string stream;
  uint64_t plain_length = 0;
};

Compressed json_document() {
  Workspace work(kFirstListpackVersion);
  std::string record;
  Emitter emit(record, work, 1, nullptr);
  make_profile("json-lzf", 1)->emit(emit, 0, 0);
  Cursor in(record, 0);
  TextArena arena;
  in.skip(1);  // the type
  read_string(in, arena, Limits());
  in.skip(1);  // the mark of a compressed string
  const uint64_t length = read_length(in);
  const uint64_t plain_length = read_length(in);
  return {std::string(in.take(length)), plain_length};
}

// One letter again and again: long copies that overlap themselves.
Compressed repeated_letter() {
  const std::string plain(4096, 'x');
  std::string stream(plain.size(), '\0');
  stream.resize(lzf_compress(plain.data(), static_cast<unsigned>(plain.size()), stream.data(),
                             static_cast<unsigned>(stream.size())));
  return {stream, plain.size()};
}

// Speed of what comes out.
template <Compressed (*make)()>
void lzf(benchmark::State& state) {
  const Compressed input = make();
  std::string out(input.plain_length + kLzfSlack, '\0');
  for (auto _ : state) {
    if (!lzf_decompress(input.stream, out.data(), input.plain_length)) {
      return state.SkipWithError("not decompressed");
    }
    benchmark::ClobberMemory();
  }
  report(state, input.plain_length, 0);
}
BENCHMARK(lzf<json_document>)->Name("lzf_decompress/json");
BENCHMARK(lzf<repeated_letter>)->Name("lzf_decompress/repeated_letter");

}  // namespace
}  // namespace rdbproof::bench
