// Finds where records go on behind bytes that cannot be read.
#pragma once

#include <cstdint>
#include <optional>

#include "engine/base/bytes.h"
#include "engine/rdb/file_context.h"

namespace rdbproof {

// Tries one place after the other. A place is believed when kRecordsToBelieve well-formed records
// follow each other from there, or fewer up to an end-of-file record that ends the file. Records
// with an empty key do not count: zeros, the commonest damage, would be full of them.
//
// The work of all calls together is bounded by the bytes searched, so that no input makes the
// search slow: where too many places look right at first, it gives up.
class BoundarySearch {
 public:
  static constexpr int kRecordsToBelieve = 16;
  // Bytes behind a place that are looked at, at most; a window should reach as far.
  static constexpr uint64_t kLookAhead = uint64_t{1} << 20;

  // Steps that a search may take in all, and more for each byte searched. One takes a nanosecond or
  // two.
  struct Work {
    uint64_t in_all = uint64_t{1} << 20;
    uint64_t per_byte = 8;
    uint64_t look_ahead = kLookAhead;  // bytes behind a place that are looked at
  };

  explicit BoundarySearch(const FileContext& file) : BoundarySearch(file, Work()) {}
  BoundarySearch(const FileContext& file, const Work& work)
      : file_(file), work_(work), work_left_(work.in_all) {}

  // The first believable place in window[from, to). `is_last` says that nothing follows `window`.
  std::optional<uint64_t> find(Bytes window, bool is_last, uint64_t from, uint64_t to);

  // Whether the work was too much; find() then finds nothing any more.
  bool gave_up() const { return gave_up_; }

 private:
  bool is_believable(Bytes rest, bool reaches_end);
  bool ends_file(uint64_t remaining) const;

  const FileContext& file_;
  Work work_;
  uint64_t work_left_;
  bool gave_up_ = false;
};

}  // namespace rdbproof
