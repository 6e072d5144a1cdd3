// What a decoder of values works with. One value at a time.
#pragma once

#include "engine/model/element_batch.h"
#include "engine/rdb/file_context.h"
#include "engine/rdb/primitives.h"

namespace rdbproof {

inline constexpr uint64_t kMaxFieldExpiryMs = (uint64_t{1} << 48) - 1;  // Redis refuses later ones

// A decoder reads the value at `in`, pushes its elements and counts them. When something is wrong
// it fails `in`, and its caller finds the end of the value by the row's layout.
struct ValueReader {
  Cursor& in;
  const FileContext& file;
  ElementBatch& out;
  TextArena& blob_arena;
  ElementKind item_kind;  // what a lone string is in a value of this type
  ValueSummary summary{};
  Code remark = Code::kNone;  // a finding about a value that was read whole

  // A string that an element will be made of: valid until the element was pushed and handed on.
  StringValue read_text() { return read_string(in, out.arena(), file.limits); }

  // A string that holds a packed value: valid until the next read_blob(). Hands on what was pushed,
  // since it may point into the blob before.
  Blob read_blob() {
    out.flush();
    blob_arena.reset();
    return read_string(in, blob_arena, file.limits).blob();
  }

  Bytes text(const PackedValue& value) { return text_of(value, out.arena()); }

  // Takes over what went wrong inside a blob.
  void adopt_failure(const Cursor& blob) {
    if (!blob.ok()) in.fail_at(blob.code(), blob.offset(), blob.detail());
  }

  void push(const Element& element) {
    ++summary.elements;
    out.push(element);
  }
};

using ValueDecoder = void (*)(ValueReader&);

}  // namespace rdbproof
