#include "engine/diff/packed_records.h"

#include <lz4.h>

#include <array>
#include <cstring>

namespace rdbproof {
namespace {

constexpr size_t kHashWords = 4;
constexpr size_t kWords = sizeof(KeyRecord) / sizeof(uint64_t);
constexpr size_t kHashBytes = kHashWords * sizeof(uint64_t);
constexpr size_t kOtherBytes = sizeof(KeyRecord) - kHashBytes;

static_assert(offsetof(KeyRecord, expire_at_ms) == kHashBytes);

// The bytes of the words behind the hashes: all first bytes of the first word, and so on. Places
// ascend in a part, so their high bytes hardly change.
template <class Put>
void visit_planes(size_t count, const Put& put) {
  for (size_t word = kHashWords; word < kWords; ++word) {
    for (size_t byte = 0; byte < sizeof(uint64_t); ++byte) {
      for (size_t i = 0; i < count; ++i) put(i, word, byte);
    }
  }
}

}  // namespace

std::string pack_records(std::span<const KeyRecord> records) {
  const size_t count = records.size();
  std::string planes;
  planes.reserve(count * kOtherBytes);
  visit_planes(count, [&](size_t i, size_t word, size_t byte) {
    planes += reinterpret_cast<const char*>(&records[i])[word * sizeof(uint64_t) + byte];
  });
  std::string packed;
  packed.reserve(count * kHashBytes + planes.size());
  for (const KeyRecord& record : records) {
    packed.append(reinterpret_cast<const char*>(&record), kHashBytes);
  }
  const size_t hashes = packed.size();
  packed.resize(hashes + static_cast<size_t>(LZ4_compressBound(static_cast<int>(planes.size()))));
  const int size =
      LZ4_compress_default(planes.data(), packed.data() + hashes, static_cast<int>(planes.size()),
                           static_cast<int>(packed.size() - hashes));
  packed.resize(hashes + static_cast<size_t>(size));
  return packed;
}

Result<void> unpack_records(Bytes packed, size_t count, std::vector<KeyRecord>& records) {
  const size_t hashes = count * kHashBytes;
  std::string planes(count * kOtherBytes, '\0');
  if (packed.size() < hashes) return fail("a temporary file was changed");
  const Bytes compressed = packed.substr(hashes);
  const int size =
      LZ4_decompress_safe(compressed.data(), planes.data(), static_cast<int>(compressed.size()),
                          static_cast<int>(planes.size()));
  if (size < 0 || static_cast<size_t>(size) != planes.size()) {
    return fail("a temporary file was changed");
  }
  records.resize(count);
  for (size_t i = 0; i < count; ++i) {
    std::memcpy(static_cast<void*>(&records[i]), packed.data() + i * kHashBytes, kHashBytes);
  }
  const char* next = planes.data();
  visit_planes(count, [&](size_t i, size_t word, size_t byte) {
    reinterpret_cast<char*>(&records[i])[word * sizeof(uint64_t) + byte] = *next++;
  });
  return {};
}

}  // namespace rdbproof
