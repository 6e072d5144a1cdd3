// Where in a value a member stands that occurs twice. While a frame is decoded only marks of its
// members are there; to name the places it is decoded once more.
#pragma once

#include <vector>

#include "engine/hash/mark_index.h"
#include "engine/rdb/file_context.h"
#include "engine/scan/frame.h"
#include "engine/verify/finding_log.h"

namespace rdbproof {

struct RepeatedMember {
  uint64_t key_number;  // among the keys begun in the frame, from 1
  Mark mark;
  size_t finding;  // about it, in the log of the frame
};

// Completes the findings: the path names the second place, the detail the first. `repeated` ascends
// by key.
void locate_repeated_members(const FileContext& file, const Frame& frame,
                             const std::vector<RepeatedMember>& repeated, FindingLog& log);

}  // namespace rdbproof
