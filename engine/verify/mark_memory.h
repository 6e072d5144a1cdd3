// How the memory for marks is shared out.
#pragma once

#include "engine/base/memory_budget.h"
#include "engine/hash/mark_index.h"
#include "engine/verify/verify.h"

namespace rdbproof {

// Three quarters for what keys and the members of large values share, a quarter for the tables in
// which they are compared. Members that find no room while keys take it all go to disk, as keys do.
class MarkMemory {
 public:
  MarkMemory(const VerifyOptions& options, bool is_stream);
  MarkMemory(const MarkMemory&) = delete;
  MarkMemory& operator=(const MarkMemory&) = delete;

  const MarkStorage& storage() const { return storage_; }

 private:
  MemoryBudget budget_;
  MarkStorage storage_;
};

}  // namespace rdbproof
