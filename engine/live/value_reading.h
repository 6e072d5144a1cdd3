// What the readers of all types share: one attempt to read one value in pages.
#pragma once

#include <algorithm>
#include <optional>
#include <string>

#include "engine/live/typed_reader.h"

namespace rdbproof {

class ValueReading {
 public:
  // All must outlive it.
  ValueReading(ServerConnection& connection, const std::string& key, const TypedOptions& options)
      : connection_(connection), key_(key), options_(options) {}

  const std::string& key() const { return key_; }
  const TypedOptions& options() const { return options_; }

  // The reply, which is of this kind. An error reply that says that the key is gone or of another
  // type is changed(); others are kept as refusal().
  Async<Reply> ask(Command command, Reply::Kind kind);
  Async<uint64_t> ask_count(Command command);

  // The error of a value that is not what it was when the attempt began.
  tl::unexpected<Error> changed();
  bool has_changed() const { return has_changed_; }
  const std::optional<Reply>& refusal() const { return refusal_; }
  // That of a reply that no server gives.
  tl::unexpected<Error> strange(const std::string& command) const;
  // Counts what is held of the value: no more than there may be.
  Result<void> hold(uint64_t bytes);

 private:
  ServerConnection& connection_;
  const std::string& key_;
  const TypedOptions& options_;
  uint64_t held_ = 0;
  bool has_changed_ = false;
  std::optional<Reply> refusal_;
};

// How many elements to ask for next, so that a reply has about the bytes of a page.
class PageSize {
 public:
  explicit PageSize(const TypedOptions& options)
      : most_(std::max<uint64_t>(options.page_elements, 1)),
        bytes_(std::max<uint64_t>(options.page_bytes, 1)),
        count_(std::min<uint64_t>(most_, 64)) {}

  uint64_t count() const { return count_; }
  void took(uint64_t elements, uint64_t bytes) {
    if (elements == 0) return;
    const uint64_t fitting = bytes_ / (bytes / elements + 1);
    count_ = std::clamp<uint64_t>(fitting, 1, std::min(most_, count_ * 4));
  }

 private:
  uint64_t most_;
  uint64_t bytes_;
  uint64_t count_;
};

// Of the strings in a reply, at all levels.
uint64_t text_bytes(const Reply& reply);

// Bodies by type. typed_sequences.cc
Async<std::string> read_string_pages(ValueReading& reading);
Async<std::string> read_list_pages(ValueReading& reading);
// typed_members.cc
Async<std::string> read_set_pages(ValueReading& reading);
Async<std::string> read_zset_pages(ValueReading& reading);
Async<std::string> read_hash_pages(ValueReading& reading);
// typed_stream.cc
Async<std::string> read_stream_pages(ValueReading& reading);

}  // namespace rdbproof
