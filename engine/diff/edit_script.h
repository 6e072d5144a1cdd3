// The fewest items to remove from one sequence and to add that make it another.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace rdbproof {

struct EditScript {
  std::vector<bool> removed;  // by position in a
  std::vector<bool> added;    // by position in b
};

// Items are equal if their numbers are. None if it takes more than `most_edits`. At most
// (items of both) * most_edits steps and 2 * most_edits^2 bytes. (a, b) and (b, a) have the same
// script, with sides changed.
std::optional<EditScript> find_edit_script(std::span<const uint32_t> a, std::span<const uint32_t> b,
                                           size_t most_edits);

}  // namespace rdbproof
