// Cuts a source into frames, in order, and reads what stands around the records: header, footer.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "engine/rdb/boundary_search.h"
#include "engine/rdb/framer.h"
#include "engine/rdb/prologue.h"
#include "engine/scan/window.h"

namespace rdbproof {

// What is known once the last frame was cut.
struct CutSummary {
  uint64_t total_bytes = 0;                 // of the (decompressed) source
  std::optional<uint64_t> stored_checksum;  // the footer; absent in old versions, or cut off
  // The eight bytes behind the end of a version without a footer, if there are just eight.
  std::optional<uint64_t> unexpected_footer;
  std::vector<Finding> findings;  // about the file, not about a record
};

class FrameCutter {
 public:
  // `input` must outlive the cutter and its frames.
  FrameCutter(Input& input, uint64_t frame_bytes);

  // Reads the header and the records before the first key. False: there is nothing to cut, and
  // summary() says why.
  Result<bool> open(const Limits& limits);
  // Valid after open() returned true.
  const FileContext& file() const { return file_; }

  // Goes on at the place `offset`, a boundary between records, instead of where the last frame
  // ended. `at_end`: the end-of-file record is before it.
  Result<void> resume_at(uint64_t offset, bool at_end);

  // The next frame, or nothing after the last. Frames cover everything that the checksum covers.
  Result<std::optional<Frame>> next();

  const CutSummary& summary() const { return summary_; }
  // Bytes of the file used so far, for progress.
  uint64_t bytes_in() const { return window_->bytes_in(); }

 private:
  enum class State : uint8_t { kHeader, kRecords, kSearch, kUnread, kDone };

  Result<std::optional<Frame>> cut_header();
  Result<std::optional<Frame>> cut_records();
  Result<std::optional<Frame>> cut_search();
  Result<std::optional<Frame>> cut_unread();
  Result<std::optional<uint64_t>> find_boundary(uint64_t place);
  Result<bool> pass_gap(const Framing& framing, Frame& frame, uint64_t& length);
  Result<void> read_footer();
  Result<void> pass_tail();
  Code tail_code(Bytes head, uint64_t end, uint64_t size) const;
  bool is_padding(uint64_t end, uint64_t tail) const;
  void begin_gap(const Framing& framing, uint64_t record);
  Finding end_gap(uint64_t end);
  void fail_at_end();
  Result<void> require(uint64_t bytes);
  void report(Code code, uint64_t offset, std::string detail = {});

  std::unique_ptr<Window> window_;
  uint64_t frame_bytes_;
  FileContext file_;
  State state_ = State::kHeader;
  std::optional<BoundarySearch> search_;
  Finding gap_;                // while searching: what broke, and from where on
  bool is_truncated_ = false;  // a record goes on behind the end
  CutSummary summary_;
};

}  // namespace rdbproof
