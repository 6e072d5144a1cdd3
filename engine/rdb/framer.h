// Finds where records end, by their lengths alone, without looking into values.
#pragma once

#include <cstdint>

#include "engine/base/cursor.h"
#include "engine/rdb/file_context.h"

namespace rdbproof {

struct Framing {
  uint64_t length = 0;     // bytes of whole records at the front of the window
  bool end_seen = false;   // the last of them is the end-of-file record
  bool need_more = false;  // the record after them may go on behind the window
  // Otherwise, if something is wrong with the record after them: what.
  Code code = Code::kNone;
  uint64_t failure_offset = 0;
  const char* detail = "";
};

// Frames whole records at the front of `window` until they make up `target_bytes` or the window
// ends. A key and the attributes before it, and in KeyDB after it, stay together. `offset` is the
// window's place in the source; `is_last` says that nothing follows it.
Framing frame_records(const FileContext& file, Bytes window, uint64_t offset, bool is_last,
                      uint64_t target_bytes);

// Whether what follows a key at `in` may still belong to it: what KeyDB says of members. Where the
// bytes end too early to tell, it may, unless nothing follows (`is_last`).
bool may_continue_key(const Cursor& in, bool is_last);

}  // namespace rdbproof
