// The byte string of fixed fields that a hash is taken of: little-endian, without separators.
#pragma once

#include <array>
#include <cstring>

#include "engine/hash/hash128.h"

namespace rdbproof {

class HashInput {
 public:
  HashInput& add(uint64_t number) { return append(&number, sizeof number); }
  HashInput& add(Uint128 number) { return append(&number, sizeof number); }

  Bytes bytes() const { return {buffer_.data(), size_}; }
  Uint128 hash() const { return hash128(bytes()); }

 private:
  HashInput& append(const void* data, size_t size) {
    std::memcpy(buffer_.data() + size_, data, size);
    size_ += size;
    return *this;
  }

  std::array<char, 96> buffer_;
  size_t size_ = 0;
};

}  // namespace rdbproof
