#include <algorithm>

#include "bench/micro_inputs.h"
#include "engine/fingerprint/evidence.h"
#include "engine/fingerprint/fast_fingerprint.h"
#include "engine/fingerprint/member_set.h"
#include "engine/fingerprint/redis_digest.h"

namespace rdbproof::bench {
namespace {

template <class Add>
void in_batches(std::span<const Element> all, const Add& add) {
  for (size_t i = 0; i < all.size(); i += kBatch) {
    add(all.subspan(i, std::min(kBatch, all.size() - i)));
  }
}

// Includes, as when a file is verified, that members which occur twice are looked for.
class Fast {
 public:
  void add(const DecodedKey& input, std::span<const Element> elements) {
    keys_.begin_key(input.key);
    in_batches(elements, [&](auto batch) { keys_.elements(input.key, batch); });
    if (keys_.repeated_member()) ++sums_.keys;
    sums_.add(keys_.finish(input.key, input.summary));
  }
  uint64_t keys() const { return sums_.keys; }

 private:
  FastKeys keys_;
  FastSums sums_;
};

class Evidence {
 public:
  void add(const DecodedKey& input, std::span<const Element> elements) {
    keys_.begin_key(input.key);
    in_batches(elements, [&](auto batch) { keys_.elements(input.key, batch); });
    sums_.add(keys_.finish(input.key, input.summary));
  }
  uint64_t keys() const { return sums_.keys; }

 private:
  EvidenceKeys keys_;
  EvidenceSums sums_;
};

class RedisDigest {
 public:
  void add(const DecodedKey& input, std::span<const Element> elements) {
    digester_.begin(input.key, true);
    in_batches(elements, [&](auto batch) { digester_.add(batch); });
    digester_.finish_later(input.key);
  }
  uint64_t keys() {
    sums_.merge(digester_.take_sums());
    return sums_.keys;
  }

 private:
  KeyDigester digester_{true};
  DigestSums sums_;
};

template <class Fingerprint>
void fingerprint(benchmark::State& state, std::string_view profile) {
  const DecodedDump& input = decoded_dump_of(profile);
  const std::span<const Element> all(input.elements);
  Fingerprint sums;
  for (auto _ : state) {
    const uint64_t before = sums.keys();
    for (const DecodedKey& key : input.keys) sums.add(key, all.subspan(key.first, key.count));
    benchmark::DoNotOptimize(sums);
    if (sums.keys() != before + input.keys.size()) return state.SkipWithError("not all keys");
  }
  report(state, input.bytes, all.size());
}

[[maybe_unused]] const bool registered =
    register_for_profiles("fast", fingerprint<Fast>) &&
    register_for_profiles("evidence", fingerprint<Evidence>) &&
    register_for_profiles("redis_digest", fingerprint<RedisDigest>);

// Values of this many different members.
void member_set(benchmark::State& state) {
  std::vector<Uint128> hashes(static_cast<size_t>(state.range(0)));
  for (size_t i = 0; i < hashes.size(); ++i) hashes[i] = make_uint128(mix(i), mix(~i));
  MemberSet set(memory_for_marks());
  for (auto _ : state) {
    set.clear();
    for (const Uint128 hash : hashes) set.add(hash);
    if (set.repeated()) return state.SkipWithError("different members count as equal");
  }
  report(state, 0, hashes.size());
}
BENCHMARK(member_set)->Arg(4)->Arg(100)->Arg(10'000)->Arg(1'000'000);

}  // namespace
}  // namespace rdbproof::bench
