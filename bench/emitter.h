// What the profiles write with: one block of records in memory, made by one thread.
#pragma once

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bench/random.h"
#include "engine/encoding/listpack_writer.h"
#include "engine/encoding/ziplist_writer.h"
#include "engine/rdb/writer.h"

namespace rdbproof::bench {

inline constexpr unsigned kFirstListpackVersion = 10;     // Redis 7.0
inline constexpr unsigned kFirstSetListpackVersion = 11;  // Redis 7.2
inline constexpr unsigned kFirstFieldTtlVersion = 12;     // Redis 7.4

// The packed list of the file's version: a listpack, or a ziplist before Redis 7.0.
class PackedWriter {
 public:
  explicit PackedWriter(unsigned version) : ziplist_form_(version < kFirstListpackVersion) {}

  void clear() { ziplist_form_ ? ziplist_.clear() : listpack_.clear(); }
  void append(Bytes value) { ziplist_form_ ? ziplist_.append(value) : listpack_.append(value); }
  void append_integer(int64_t value) {
    ziplist_form_ ? ziplist_.append(fmt::format_int(value).c_str())
                  : listpack_.append_integer(value);
  }
  size_t size() const { return ziplist_form_ ? ziplist_.size() : listpack_.size(); }
  Bytes finish() { return ziplist_form_ ? ziplist_.finish() : listpack_.finish(); }

 private:
  bool ziplist_form_;
  ListpackWriter listpack_;
  ZiplistWriter ziplist_;
};

struct StreamId {
  uint64_t ms = 0;
  uint64_t seq = 0;
};

// Memory that is kept from block to block.
struct Workspace {
  explicit Workspace(unsigned rdb_version) : version(rdb_version), packed(rdb_version) {}

  unsigned version;
  PackedWriter packed;
  ListpackWriter stream_node;
  std::vector<StreamId> stream_ids;
  std::string blob;
};

class Emitter {
 public:
  Emitter(std::string& bytes, Workspace& workspace, uint64_t seed, LzfCompressor compressor)
      : out(bytes, {.checksum = false, .compressor = compressor}), random(seed), work(workspace) {}

  // Writes the expiry of one key in a hundred `percent` times; before the key.
  void expire(unsigned percent);
  // Writes the type and name of a key, "prefix" and `number` in 8 digits.
  void key(uint8_t type, Bytes prefix, uint64_t number);

  // Random printable text or, one time in four, a decimal integer. Valid until the next call.
  Bytes value(size_t shortest, size_t longest);
  // Appends what value() would return; quicker, since a packed list takes integers as they are.
  template <class Writer>
  void append_value(Writer& writer, size_t shortest, size_t longest) {
    if (const auto integer = draw_integer()) return writer.append_integer(*integer);
    writer.append(text(random.between(shortest, longest)));
  }
  // Random printable text of at most 16 KiB, valid until the next call.
  Bytes text(size_t length);

  bool has_listpacks() const { return work.version >= kFirstListpackVersion; }

  RdbWriter out;
  Random random;
  Workspace& work;
  Name name;
  uint64_t keys = 0;
  uint64_t expiring = 0;

 private:
  std::optional<int64_t> draw_integer() {
    const uint64_t draw = random.next();
    if ((draw & 3) != 0) return std::nullopt;
    return static_cast<int64_t>(draw) >> ((draw >> 2) % 60);
  }

  std::array<char, 16400> text_;
};

}  // namespace rdbproof::bench
