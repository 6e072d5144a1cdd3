// What a decoder of values works with. One value at a time.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "engine/model/element_batch.h"
#include "engine/rdb/file_context.h"
#include "engine/rdb/primitives.h"

namespace rdbproof {

// Where in a value a decoder is, for findings. Numbers count from 0.
class ElementPath {
 public:
  // `noun` is what the elements are called, a literal; empty: there is only one.
  explicit ElementPath(std::string_view noun) : noun_(noun) {}

  // Sets the step at `level` (0: outermost) and forgets deeper ones. `what` is a literal.
  void at(size_t level, std::string_view what, uint64_t number) {
    steps_[level] = {what, number};
    depth_ = level + 1;
  }
  // From here on elements are not what is being read.
  void leave_elements() {
    noun_ = {};
    depth_ = 0;
  }
  // From here on what is being read is at the last step as a whole, not an element in it.
  void leave_items() { noun_ = {}; }
  // "node 2, item 57" where `elements` were read before; empty: the value as a whole.
  std::string text(uint64_t elements) const;

 private:
  struct Step {
    std::string_view what;
    uint64_t number;
  };
  std::string_view noun_;
  size_t depth_ = 0;
  std::array<Step, 3> steps_{};
};

inline constexpr uint64_t kMaxFieldExpiryMs = (uint64_t{1} << 48) - 1;  // Redis refuses later ones

// A decoder reads the value at `in`, pushes its elements and counts them. When something is wrong
// it fails `in`, and its caller finds the end of the value by the row's layout.
struct ValueReader {
  Cursor& in;
  const FileContext& file;
  ElementBatch& out;
  TextArena& blob_arena;
  ElementKind item_kind;  // what a lone string is in a value of this type
  ElementPath path;
  ValueSummary summary{};
  std::vector<Finding> remarks{};  // about a value that was read whole; database and key not set

  // Says something about the value that does not make it unreadable.
  void remark(Code code, uint64_t offset, std::string detail = {});
  // The same about the value as a whole, not the element that is being read.
  void remark_whole(Code code, uint64_t offset, std::string detail = {});

  // What is odd about the forms it is written in.
  void remark_oddity();

  // A string that an element will be made of: valid until the element was pushed and handed on.
  StringValue read_text() { return read_string(in, out.arena(), file.limits); }

  // A string that holds a packed value: valid until the next read_blob(). Hands on what was pushed,
  // since it may point into the blob before.
  Blob read_blob() {
    out.flush();
    blob_arena.reset();
    const Blob blob = read_string(in, blob_arena, file.limits).blob();
    if (!in) path.leave_items();
    return blob;
  }

  Bytes text(const PackedValue& value) { return text_of(value, out.arena()); }

  // Takes over what went wrong inside a blob, and what is odd there.
  void adopt(const Cursor& blob) {
    if (blob.oddity() != nullptr) in.note_at(blob.oddity(), blob.oddity_offset());
    if (!blob.ok()) in.fail_at(blob.code(), blob.offset(), blob.detail());
  }
  template <class Walker>
  void adopt(const Walker& walker) {
    if (walker.failed_as_whole()) path.leave_items();
    adopt(walker.cursor());
  }

  void push(const Element& element) {
    ++summary.elements;
    out.push(element);
  }
};

using ValueDecoder = void (*)(ValueReader&);
// Decodes `count` of the elements (or nodes) that a value consists of, behind their number.
using RunDecoder = void (*)(ValueReader&, uint64_t count);

}  // namespace rdbproof
