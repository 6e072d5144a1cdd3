// What of a source is at hand, in one piece: the same for a mapped file and for a stream.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "engine/base/bytes.h"
#include "engine/base/finding.h"
#include "engine/base/result.h"
#include "engine/io/input.h"
#include "engine/scan/frame.h"

namespace rdbproof {

class Window {
 public:
  virtual ~Window() = default;

  // Valid until the next grow() or take().
  virtual Bytes bytes() const = 0;
  // Of bytes()[0] in the source.
  virtual uint64_t offset() const = 0;
  // Whether nothing follows bytes().
  virtual bool is_last() const = 0;
  // Brings in more; afterwards there are more bytes or is_last().
  virtual Result<void> grow() = 0;
  // The first `length` bytes, which leave the window.
  virtual Result<Frame> take(uint64_t length) = 0;

  // Once is_last(): why the source ended early, if it did.
  virtual std::optional<Finding> damage() const { return std::nullopt; }
  // Bytes of the file behind the source that were used so far, for progress.
  virtual uint64_t bytes_in() const = 0;
};

// `input` must outlive the window and its frames. A stream is read in steps of `step_bytes`.
std::unique_ptr<Window> make_window(Input& input, uint64_t step_bytes);

}  // namespace rdbproof
