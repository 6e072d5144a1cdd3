#include "bench/profile.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "bench/collections.h"

namespace rdbproof::bench {
namespace {

constexpr uint8_t kString = 0;
constexpr uint8_t kHash = 4;

constexpr auto kOneDatabase = std::to_array<DatabaseShare>({{0, 100}});
constexpr auto kThreeDatabases = std::to_array<DatabaseShare>({{0, 70}, {1, 20}, {5, 10}});

class SmallStrings : public Profile {
 public:
  void emit(Emitter& emit, uint64_t number, uint64_t) const override {
    emit.key(kString, "key:", number);
    emit.out.string(emit.text(emit.random.between(20, 100)));
  }
  uint64_t block_numbers() const override { return 16384; }
};

class TtlHeavy : public Profile {
 public:
  void emit(Emitter& emit, uint64_t number, uint64_t) const override {
    emit.expire(90);
    emit.key(kString, "session:", number);
    emit.out.string(emit.value(16, 64));
  }
  uint64_t block_numbers() const override { return 16384; }
};

// A few hundred bytes a key, every type in its compact and its table form.
class Mixed : public Profile {
 public:
  void emit(Emitter& emit, uint64_t number, uint64_t) const override {
    emit.expire(20);
    const uint64_t draw = emit.random.below(100);
    if (draw < 50) return emit_string(emit, number);
    if (draw < 66) return emit_hash(emit, number);
    if (draw < 76) return emit_set(emit, number);
    if (draw < 87) return emit_zset(emit, number);
    if (draw < 98) return emit_list(emit, number);
    stream(emit, {"stream:", number, emit.random.between(5, 60), 4, 12}, emit.random.below(3));
  }
  uint64_t block_numbers() const override { return 3072; }
  std::span<const DatabaseShare> databases() const override { return kThreeDatabases; }

 private:
  static void emit_string(Emitter& emit, uint64_t number) {
    emit.key(kString, "string:", number);
    const bool is_long = emit.random.one_in(8);
    emit.out.string(is_long ? emit.text(emit.random.between(100, 700)) : emit.value(8, 90));
  }
  static void emit_hash(Emitter& emit, uint64_t number) {
    const uint64_t count = emit.random.between(3, 20);
    if (!emit.random.one_in(6)) return packed_hash(emit, {"hash:", number, count, 4, 24});
    const Shape wide{"hash:", number, count, 66, 90};
    const bool field_ttl = emit.work.version >= kFirstFieldTtlVersion && emit.random.one_in(4);
    field_ttl ? expiring_hash(emit, wide) : table_hash(emit, wide);
  }
  static void emit_set(Emitter& emit, uint64_t number) {
    const uint64_t draw = emit.random.below(10);
    if (draw < 4) return integer_set(emit, {"set:", number, emit.random.between(3, 64), 0, 0});
    if (draw < 9) return small_set(emit, {"set:", number, emit.random.between(3, 40), 2, 18});
    table_set(emit, {"set:", number, emit.random.between(130, 200), 2, 12});
  }
  static void emit_zset(Emitter& emit, uint64_t number) {
    if (emit.random.one_in(14)) {
      return table_zset(emit, {"zset:", number, emit.random.between(129, 180), 2, 12});
    }
    packed_zset(emit, {"zset:", number, emit.random.between(3, 40), 2, 16});
  }
  static void emit_list(Emitter& emit, uint64_t number) {
    if (emit.has_listpacks() && emit.random.one_in(500)) {
      return plain_list(emit, "list:", number);
    }
    const uint64_t longest = emit.random.one_in(50) ? 900 : 36;
    list(emit, {"list:", number, emit.random.between(1, longest), 4, 40});
  }
};

// Hashes, sets, sorted sets and lists in turn, of 10^4 to 10^5 elements, 23 bytes each.
class HugeCollections : public Profile {
 public:
  void emit(Emitter& emit, uint64_t number, uint64_t budget) const override {
    const double exponent = 4.0 + static_cast<double>(emit.random.below(1 << 20)) / (1 << 20);
    const auto wanted = static_cast<uint64_t>(std::pow(10.0, exponent));
    const uint64_t count = std::max<uint64_t>(std::min(wanted, budget / kElementBytes), 1);
    switch (number % 4) {
      case 0:
        return table_hash(emit, {"hash:", number, count, 10, 16});
      case 1:
        return table_set(emit, {"set:", number, count, 13, 13});
      case 2:
        return table_zset(emit, {"zset:", number, count, 5, 5});
      default:
        return list(emit, {"list:", number, count, 17, 27});
    }
  }
  uint64_t block_numbers() const override { return 1; }

 private:
  static constexpr uint64_t kElementBytes = 23;
};

class Streams : public Profile {
 public:
  void emit(Emitter& emit, uint64_t number, uint64_t budget) const override {
    const uint64_t wanted = emit.random.between(100, 2000);
    const uint64_t count = std::max<uint64_t>(std::min(wanted, budget / kEntryBytes), 1);
    stream(emit, {"stream:", number, count, 4, 20}, emit.random.between(1, 3));
  }
  uint64_t block_numbers() const override { return 16; }

 private:
  static constexpr uint64_t kEntryBytes = 48;
};

// One hash. Lengths repeat with a period of eight, so the count is known before the fields are.
class Giant : public Profile {
 public:
  uint64_t open_record(Emitter& emit, uint64_t budget) const override {
    const uint64_t periods = std::max<uint64_t>(budget / kPeriodBytes, 1);
    emit.key(kHash, "giant:", 0);
    emit.out.length(periods * kPeriod);
    return periods * kPeriod;
  }
  void emit(Emitter& emit, uint64_t number, uint64_t) const override {
    emit.out.plain_string(emit.name("field:").digits(number, 9));
    emit.out.plain_string(emit.text(kShortest + number % kPeriod));
  }
  uint64_t block_numbers() const override { return 32768; }

 private:
  static constexpr uint64_t kPeriod = 8;
  static constexpr uint64_t kShortest = 4;
  static constexpr uint64_t kPeriodBytes = kPeriod * (16 + 1 + kShortest) + 28;
};

template <typename T>
std::unique_ptr<Profile> make(uint64_t) {
  return std::make_unique<T>();
}

constexpr auto kKinds = std::to_array<ProfileKind>({
    {"small-strings", "short random values, about 76 bytes a key", make<SmallStrings>},
    {"mixed", "all types and encodings, about 365 bytes a key, three databases", make<Mixed>},
    {"huge-collections", "containers of 10,000 to 100,000 elements", make<HugeCollections>},
    {"json-lzf", "JSON documents of 1 to 4 KiB, compressed", make_json_profile},
    {"streams", "streams with consumer groups and pending entries", make<Streams>},
    {"ttl-heavy", "strings, nine of ten with an expiry", make<TtlHeavy>},
    {"giant", "one hash with as many fields as fit", make<Giant>},
});

}  // namespace

std::span<const DatabaseShare> Profile::databases() const {
  return kOneDatabase;
}

std::span<const ProfileKind> profile_kinds() {
  return kKinds;
}

std::unique_ptr<Profile> make_profile(std::string_view name, uint64_t seed) {
  const auto found = std::ranges::find(kKinds, name, &ProfileKind::name);
  return found == kKinds.end() ? nullptr : found->make(seed);
}

}  // namespace rdbproof::bench
