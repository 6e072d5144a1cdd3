// Dragonfly's sketches: Bloom and cuckoo filters, count-min sketches, top-k lists. Read as a list
// of their numbers and arrays; of what these mean, only what the server's own loader checks is
// checked (Dragonfly src/server/rdb_load.cc of August 2026).
#include <bit>
#include <cmath>
#include <limits>

#include "engine/rdb/values.h"

namespace rdbproof {
namespace {

constexpr uint64_t kMaxDimension = std::numeric_limits<uint32_t>::max();

// Walks a sketch. With a value it checks and hands on what it passes; without one it only passes.
class SketchWalk {
 public:
  SketchWalk(Cursor& in, ValueReader* value) : in_(in), value_(value) {}

  bool ok() const { return in_.ok(); }

  // Fails the value, but not the search for its end.
  void check(bool sound, const char* detail) {
    if (value_ != nullptr && !sound) in_.fail(Code::kBadSketch, detail);
  }

  // Always zero so far; nobody knows what another number would change.
  void reserved() {
    if (read_length(in_) == 0) return;
    in_.fail(value_ == nullptr ? Code::kUnsupportedRecord : Code::kUnsupportedValue,
             "a sketch with options");
  }

  uint64_t number() {
    const uint64_t number = read_length(in_);
    push(TokenKind::kUnsigned, {}, number);
    return number;
  }

  double real() {
    const uint64_t bits = in_.u64_le();
    push(TokenKind::kDouble, {}, bits);
    return std::bit_cast<double>(bits);
  }

  // Returns its length, or 0 without a value.
  uint64_t string() {
    if (value_ == nullptr) {
      skip_string(in_);
      return 0;
    }
    const Bytes text = value_->read_text().text;
    push(TokenKind::kString, text, 0);
    return text.size();
  }

  // `count` numbers of eight bytes.
  void array(uint64_t count) {
    constexpr uint64_t kMaxCount = std::numeric_limits<uint64_t>::max() / 8;
    if (count > kMaxCount) return in_.fail(Code::kBadSketch, "an array");
    push(TokenKind::kString, in_.take(count * 8), 0);
  }

  // A total length, then the bytes in pieces, each with its length; writers cut at 64 MiB. Handed
  // on as one string, whose length is returned.
  uint64_t pieces() {
    const uint64_t total = read_length(in_);
    const Bytes first = piece(total);
    if (first.size() == total || !in_) {
      push(TokenKind::kString, first, 0);
    } else {
      join(first, total);
    }
    return total;
  }

 private:
  Bytes piece(uint64_t most) {
    const uint64_t length = read_length(in_);
    if (in_ && (length == 0 || length > most)) {
      in_.fail(Code::kBadSketch, "the pieces of a filter do not make up its length");
    }
    return in_.take(length);
  }

  void join(Bytes first, uint64_t total) {
    if (!in_.require(total - first.size())) return;
    char* whole = nullptr;
    if (value_ != nullptr) {
      if (total > value_->file.limits.max_decompressed_bytes) {
        return in_.fail(Code::kLimitExceeded, "a filter in pieces");
      }
      whole = value_->out.arena().allocate(total);
      first.copy(whole, first.size());
    }
    for (uint64_t size = first.size(); size < total && in_;) {
      const Bytes next = piece(total - size);
      if (whole != nullptr) next.copy(whole + size, next.size());
      size += next.size();
    }
    push(TokenKind::kString, {whole, whole == nullptr ? 0 : total}, 0);
  }

  void push(TokenKind kind, Bytes text, uint64_t number) {
    if (value_ == nullptr || !in_) return;
    value_->push({ElementKind::kToken, text, {}, static_cast<uint64_t>(kind), number});
  }

  Cursor& in_;
  ValueReader* value_;
};

// options, growth, error rate, three sizes, filters: hash functions and the bits.
// A filter without bits yet is one whose restoring by BF.LOADCHUNK had only begun.
template <auto kReadBits>
void walk_bloom(SketchWalk walk) {
  walk.reserved();
  const double growth = walk.real();
  walk.check(std::isfinite(growth) && growth >= 1, "the growth of a Bloom filter");
  const double error_rate = walk.real();
  for (int i = 0; i < 3; ++i) walk.number();
  const uint64_t filters = walk.number();
  const bool sound = filters == 0 ? error_rate == 0 : error_rate > 0 && error_rate < 1;
  walk.check(sound, "the error rate of a Bloom filter");
  for (uint64_t i = 0; i < filters && walk.ok(); ++i) {
    walk.number();
    const uint64_t bytes = (walk.*kReadBits)();
    walk.check(std::has_single_bit(bytes), "the size of a Bloom filter is no power of two");
  }
}

// slots, iterations, expansion, buckets, items, deleted items, filters: their slots.
void walk_cuckoo(SketchWalk walk) {
  const uint64_t slots = walk.number();
  const uint64_t iterations = walk.number();
  const uint64_t expansion = walk.number();
  const uint64_t buckets = walk.number();
  for (int i = 0; i < 2; ++i) walk.number();
  const uint64_t filters = walk.number();
  walk.check(slots != 0 && slots <= 255 && iterations != 0 && iterations <= 65535 &&
                 expansion <= 65535 && (expansion == 0 || std::has_single_bit(expansion)) &&
                 std::has_single_bit(buckets) && filters != 0,
             "the parameters of a cuckoo filter");
  for (uint64_t i = 0; i < filters && walk.ok(); ++i) {
    const uint64_t bytes = walk.pieces();
    walk.check(slots != 0 && bytes != 0 && bytes % slots == 0, "the size of a cuckoo filter");
  }
}

// width, depth, sum of all increments, counters of eight bytes.
void walk_count_min(SketchWalk walk) {
  const uint64_t width = walk.number();
  const uint64_t depth = walk.number();
  walk.number();
  const bool sound = width != 0 && width <= kMaxDimension && depth != 0 && depth <= kMaxDimension;
  walk.check(sound, "the dimensions of a count-min sketch");
  const bool fits = depth == 0 || width <= std::numeric_limits<uint64_t>::max() / depth;
  walk.array(fits ? width * depth : std::numeric_limits<uint64_t>::max());
}

// options, k, width, depth, decay, items with their counts, counters of four bytes as one string.
void walk_top_k(SketchWalk walk) {
  walk.reserved();
  const uint64_t k = walk.number();
  const uint64_t width = walk.number();
  const uint64_t depth = walk.number();
  const bool sound = k != 0 && k <= kMaxDimension && width != 0 && width <= kMaxDimension &&
                     depth != 0 && depth <= kMaxDimension;
  walk.check(sound, "the dimensions of a top-k list");
  const double decay = walk.real();
  walk.check(decay >= 0 && decay <= 1, "the decay of a top-k list");  // false for NaN
  const uint64_t items = walk.number();
  walk.check(items <= k, "a top-k list has more than k items");
  for (uint64_t i = 0; i < items && walk.ok(); ++i) {
    walk.string();
    walk.check(walk.number() <= kMaxDimension, "a count in a top-k list");
  }
  const uint64_t bytes = walk.string();
  walk.check(bytes % 4 == 0 && bytes / 4 == width * depth, "the counters of a top-k list");
}

constexpr auto walk_bloom_1 = walk_bloom<&SketchWalk::string>;
constexpr auto walk_bloom_2 = walk_bloom<&SketchWalk::pieces>;

}  // namespace

void skip_bloom(Cursor& in, const FileContext& /*file*/) {
  walk_bloom_1({in, nullptr});
}
void skip_bloom_2(Cursor& in, const FileContext& /*file*/) {
  walk_bloom_2({in, nullptr});
}
void skip_count_min(Cursor& in, const FileContext& /*file*/) {
  walk_count_min({in, nullptr});
}
void skip_top_k(Cursor& in, const FileContext& /*file*/) {
  walk_top_k({in, nullptr});
}
void skip_cuckoo(Cursor& in, const FileContext& /*file*/) {
  walk_cuckoo({in, nullptr});
}

void decode_bloom(ValueReader& value) {
  walk_bloom_1({value.in, &value});
}
void decode_bloom_2(ValueReader& value) {
  walk_bloom_2({value.in, &value});
}
void decode_count_min(ValueReader& value) {
  walk_count_min({value.in, &value});
}
void decode_top_k(ValueReader& value) {
  walk_top_k({value.in, &value});
}
void decode_cuckoo(ValueReader& value) {
  walk_cuckoo({value.in, &value});
}

}  // namespace rdbproof
