// Random numbers and text for generated dumps: fast, and the same on every machine.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>

#include "engine/base/bytes.h"

namespace rdbproof::bench {

// splitmix64: spreads a counter over all 64 bits.
inline uint64_t mix(uint64_t value) {
  value += 0x9e3779b97f4a7c15;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
  return value ^ (value >> 31);
}

// xoshiro256**.
class Random {
 public:
  explicit Random(uint64_t seed) {
    for (auto& word : state_) word = seed = mix(seed);
  }

  uint64_t next() {
    const uint64_t result = rotate(state_[1] * 5, 7) * 9;
    const uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = rotate(state_[3], 45);
    return result;
  }
  // Uniform in [0, limit), limit below 2^32; the bias is below limit / 2^32.
  uint64_t below(uint64_t limit) { return ((next() >> 32) * limit) >> 32; }
  // Uniform in [low, high].
  uint64_t between(uint64_t low, uint64_t high) { return low + below(high - low + 1); }
  bool one_in(uint64_t n) { return below(n) == 0; }

  // Fills `length` bytes with printable ASCII, 6 random bits a byte, so that LZF gains nothing.
  // Up to 7 bytes behind them are overwritten too.
  void text(char* out, size_t length) {
    for (size_t at = 0; at < length; at += 8) {
      const uint64_t chars = (next() & 0x3f3f3f3f3f3f3f3f) + 0x3030303030303030;
      std::memcpy(out + at, &chars, sizeof chars);
    }
  }
  // The same with the letters a to p, 4 bits a byte.
  void letters(char* out, size_t length) {
    for (size_t at = 0; at < length; at += 8) {
      const uint64_t chars = (next() & 0x0f0f0f0f0f0f0f0f) + 0x6161616161616161;
      std::memcpy(out + at, &chars, sizeof chars);
    }
  }

 private:
  static uint64_t rotate(uint64_t value, int bits) { return value << bits | value >> (64 - bits); }

  std::array<uint64_t, 4> state_;
};

// Up to 64 bytes: a prefix, a number with leading zeros, random text. Reused from name to name.
class Name {
 public:
  Name& operator()(Bytes prefix) {
    std::memcpy(buffer_.data(), prefix.data(), prefix.size());
    size_ = prefix.size();
    return *this;
  }
  // Numbers that need more digits than `width` get them.
  Name& digits(uint64_t number, size_t width) {
    for (uint64_t rest = number / kPowers[width]; rest > 0; rest /= 10) ++width;
    char* end = buffer_.data() + size_ + width;
    size_ += width;
    for (; width >= 2; width -= 2, number /= 100) {
      end -= 2;
      std::memcpy(end, kPairs.data() + 2 * (number % 100), 2);
    }
    if (width > 0) *(end - 1) = static_cast<char>('0' + number % 10);
    return *this;
  }
  Name& text(Random& random, size_t length) {
    random.text(buffer_.data() + size_, length);
    size_ += length;
    return *this;
  }
  // Valid until the next name.
  operator Bytes() const { return {buffer_.data(), size_}; }

 private:
  // Of ten, up to the widest that digits() is asked for.
  static constexpr std::array<uint64_t, 10> kPowers = {
      1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000};

  // "00", "01" ... "99".
  static constexpr std::array<char, 200> kPairs = [] {
    std::array<char, 200> pairs{};
    for (size_t i = 0; i < 100; ++i) {
      pairs[2 * i] = static_cast<char>('0' + i / 10);
      pairs[2 * i + 1] = static_cast<char>('0' + i % 10);
    }
    return pairs;
  }();

  std::array<char, 72> buffer_;
  size_t size_ = 0;
};

}  // namespace rdbproof::bench
