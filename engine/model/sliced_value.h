// A value of very many elements, in pieces that can be decoded at the same time.
#pragma once

#include <cstdint>
#include <optional>

#include "engine/model/event.h"

namespace rdbproof {

class SlicedValue {
 public:
  struct Slice {
    Bytes bytes{};
    uint64_t offset = 0;  // of bytes[0] in the source
    uint64_t runs = 0;    // elements, or nodes of elements, in it
  };
  struct Content {
    uint64_t elements = 0;
    uint64_t bytes = 0;
  };

  virtual ~SlicedValue() = default;

  // The next slice, in order; absent behind the last, or where the value has no frame: see
  // is_whole(). One thread at a time.
  virtual std::optional<Slice> next() = 0;
  // Whether next() gave all there is.
  virtual bool is_whole() const = 0;
  // Gives the elements of the slice to sink.elements(). Absent: something there is worth a word, so
  // that the value must be decoded in one piece. On any thread.
  virtual std::optional<Content> decode(const Slice& slice, EventSink& sink) const = 0;
  // Counts what is in a slice for the value, once it was decoded. One thread at a time.
  virtual void count(const Content& content) = 0;
};

}  // namespace rdbproof
