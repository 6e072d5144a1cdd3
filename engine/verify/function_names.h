// Whether a function library has the name of one before it: servers refuse the second.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/hash/hash128.h"
#include "engine/verify/finding_log.h"

namespace rdbproof {

class FunctionNames {
 public:
  // The source of a library. One whose name cannot be read is counted only.
  void add(Bytes source);
  // Where the library stands that add() was given last.
  void place(uint64_t offset);
  // Appends what follows in the file.
  void absorb(FunctionNames&& next);

  void check(FindingLog& log) const;
  uint64_t libraries() const { return libraries_; }
  // By name; the hash of the source.
  std::map<std::string, Uint128> sources() const;

 private:
  struct Name {
    Uint128 hash;
    uint64_t offset;
    std::string beginning;  // to show
    Uint128 source;         // its hash
  };

  uint64_t libraries_ = 0;
  bool is_full_ = false;
  bool is_placed_ = true;  // the last one of names_
  std::vector<Name> names_;
};

}  // namespace rdbproof
