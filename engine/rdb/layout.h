// The layout language of the grammar table: how long a record is, as a string.
//   L length   S string   D text double   1 4 8 G raw bytes (G: 16)
//   T module tokens up to their end mark   M module id and tokens
//   *(...) a length, and as many times what is in the parentheses
// skip_layout<"..."> compiles to straight code; an unknown letter does not compile.
#pragma once

#include <algorithm>
#include <cstddef>

#include "engine/base/cursor.h"
#include "engine/rdb/file_context.h"
#include "engine/rdb/module_tokens.h"
#include "engine/rdb/primitives.h"

namespace rdbproof {

template <size_t N>
struct LayoutText {
  constexpr LayoutText(const char (&text)[N]) {  // NOLINT: a string literal converts
    for (size_t i = 0; i < N; ++i) letters[i] = text[i];
  }
  static constexpr size_t kSize = N - 1;
  char letters[N]{};
};

namespace detail {

// Index of the parenthesis that closes the group whose text begins at `i`.
template <LayoutText kText>
constexpr size_t closing(size_t i) {
  int depth = 1;
  for (;; ++i) {
    if (kText.letters[i] == '(') ++depth;
    if (kText.letters[i] == ')' && --depth == 0) return i;
  }
}

template <char kLetter>
inline void skip_letter(Cursor& in) {
  if constexpr (kLetter == 'L') {
    read_length(in);
  } else if constexpr (kLetter == 'S') {
    skip_string(in);
  } else if constexpr (kLetter == 'D') {
    skip_text_double(in);
  } else if constexpr (kLetter == '1') {
    in.skip(1);
  } else if constexpr (kLetter == '4') {
    in.skip(4);
  } else if constexpr (kLetter == '8') {
    in.skip(8);
  } else if constexpr (kLetter == 'G') {
    in.skip(16);
  } else if constexpr (kLetter == 'T') {
    skip_module_tokens(in);
  } else if constexpr (kLetter == 'M') {
    read_length(in);
    skip_module_tokens(in);
  } else {
    static_assert(kLetter == 'L', "this letter has no meaning in a layout");
  }
}

// What the work of skipping counts for: a step a turn of a loop, and a byte of module tokens.
struct Unlimited {
  void spend(Cursor& /*in*/, uint64_t /*steps*/) {}
};
struct Limited {
  uint64_t& steps_left;
  void spend(Cursor& in, uint64_t steps) {
    if (steps > steps_left) in.fail(Code::kLimitExceeded);
    steps_left -= std::min(steps, steps_left);
  }
};

template <LayoutText kText, size_t kBegin, size_t kEnd, class Pace>
inline void skip_range(Cursor& in, Pace pace) {
  if constexpr (kBegin < kEnd) {
    if constexpr (kText.letters[kBegin] == '*') {
      constexpr size_t kClose = closing<kText>(kBegin + 2);
      const uint64_t count = read_length(in);
      // Every letter takes at least a byte, so the bytes present bound this loop.
      for (uint64_t i = 0; i < count && in; ++i) {
        pace.spend(in, 1);
        skip_range<kText, kBegin + 2, kClose>(in, pace);
      }
      skip_range<kText, kClose + 1, kEnd>(in, pace);
    } else {
      constexpr char kLetter = kText.letters[kBegin];
      [[maybe_unused]] const uint64_t begin = in.offset();
      skip_letter<kLetter>(in);
      if constexpr (kLetter == 'T' || kLetter == 'M') pace.spend(in, in.offset() - begin);
      skip_range<kText, kBegin + 1, kEnd>(in, pace);
    }
  }
}

}  // namespace detail

template <LayoutText kText>
void skip_layout(Cursor& in, const FileContext& /*file*/) {
  detail::skip_range<kText, 0, kText.kSize>(in, detail::Unlimited());
}

// One of what is repeated, where the layout is nothing but a repetition.
template <LayoutText kText>
void skip_one(Cursor& in) {
  static_assert(kText.letters[0] == '*' && detail::closing<kText>(2) + 1 == kText.kSize);
  detail::skip_range<kText, 2, kText.kSize - 1>(in, detail::Unlimited());
}

// The same, but fails when the loops take more than `steps_left` turns, which it counts down.
template <LayoutText kText>
void skip_layout_within(Cursor& in, uint64_t& steps_left) {
  detail::skip_range<kText, 0, kText.kSize>(in, detail::Limited{steps_left});
}

}  // namespace rdbproof
