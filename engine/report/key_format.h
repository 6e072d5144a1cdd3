// The lines of the keys command.
#pragma once

#include "engine/verify/key_rows.h"

namespace rdbproof {

// One JSON object a line.
class JsonKeyFormat final : public KeyRowFormat {
 public:
  std::string prefix(uint64_t database) const override;
  void append_row(std::string& out, const KeyRow& row) const override;
};

// Columns between tabs; the key, escaped, comes last.
class TextKeyFormat final : public KeyRowFormat {
 public:
  static std::string heading(bool with_digest);
  std::string prefix(uint64_t database) const override;
  void append_row(std::string& out, const KeyRow& row) const override;
};

}  // namespace rdbproof
