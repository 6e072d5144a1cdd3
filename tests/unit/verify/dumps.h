// Small dumps and what a run says of them.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine/rdb/writer.h"
#include "engine/verify/verify.h"

namespace rdbproof::test {

inline void add_key(RdbWriter& out, Bytes name) {
  out.key(0, name);
  out.string("v");
}

template <class Fill>
std::string dump_of(const Fill& fill, unsigned version = 12) {
  std::string bytes;
  RdbWriter out(bytes);
  out.header(version);
  fill(out);
  EXPECT_TRUE(out.finish());
  return bytes;
}

// The present of these runs, in milliseconds: November 2023.
inline constexpr int64_t kNow = 1'700'000'000'000;

SourceReport report_of(const std::string& bytes, uint64_t frame_bytes = uint64_t{1} << 20);

// "code offset [db n] ['key'][: detail]". The same for frames of any size, or the test fails.
std::vector<std::string> findings_of(const std::string& bytes);

}  // namespace rdbproof::test
