// Cuts values of very many elements.
#pragma once

#include "engine/model/sliced_value.h"
#include "engine/rdb/grammar.h"

namespace rdbproof {

class ValueSlices final : public SlicedValue {
 public:
  // `in`: behind the key's name. `key`, `file` and the bytes must outlive this.
  ValueSlices(const RdbRow& row, const FileContext& file, const Key& key, Cursor in);

  // Whether there are enough elements.
  bool are_worthwhile() const { return left_ >= row_.slicing.many && in_; }

  std::optional<Slice> next() override;
  bool is_whole() const override { return left_ == 0 && in_; }
  std::optional<Content> decode(const Slice& slice, EventSink& sink) const override;
  void count(const Content& content) override;

  // Once all was cut, behind the value.
  const Cursor& end() const { return in_; }
  const Content& content() const { return content_; }

 private:
  const RdbRow& row_;
  const FileContext& file_;
  const Key& key_;
  Cursor in_;
  uint64_t left_;  // elements or nodes not cut yet
  Content content_;
};

}  // namespace rdbproof
