// The kinds of dumps that can be generated.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "bench/emitter.h"

namespace rdbproof::bench {

struct DatabaseShare {
  uint64_t database;
  unsigned percent;  // of the bytes; those of a profile sum to 100
};

class Profile {
 public:
  virtual ~Profile() = default;

  // Writes the record of one number, of about `budget` bytes at most where a record can be large.
  // Called by several threads at once.
  virtual void emit(Emitter& emit, uint64_t number, uint64_t budget) const = 0;
  // Numbers in a block; a block should hold about a megabyte.
  virtual uint64_t block_numbers() const = 0;
  virtual std::span<const DatabaseShare> databases() const;
  // For a profile of one record whose elements the numbers are: writes what stands before them,
  // for `budget` bytes in all, and returns how many follow. 0: the numbers are records.
  virtual uint64_t open_record(Emitter&, uint64_t /*budget*/) const { return 0; }
};

struct ProfileKind {
  std::string_view name;
  std::string_view description;
  std::unique_ptr<Profile> (*make)(uint64_t seed);
};

std::span<const ProfileKind> profile_kinds();
// Null if there is none of this name.
std::unique_ptr<Profile> make_profile(std::string_view name, uint64_t seed);

// JSON documents as LZF streams; profile_json.cc.
std::unique_ptr<Profile> make_json_profile(uint64_t seed);

}  // namespace rdbproof::bench
