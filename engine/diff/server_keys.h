// Keys of a live server, asked for again by their names.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/base/limits.h"
#include "engine/base/result.h"
#include "engine/diff/key_reader.h"
#include "engine/io/server_source.h"
#include "engine/rdb/file_context.h"
#include "engine/verify/key_records.h"

namespace rdbproof {

struct CurrentKey {
  std::optional<KeyRecord> record{};  // absent if it is not there; its place means nothing
  bool is_unreadable = false;         // whether it is there is not known then
};

class ServerKeys {
 public:
  // All must outlive it. After the server was read.
  ServerKeys(ServerSource& server, KeySlots& slots, const Limits& limits)
      : server_(server), slots_(slots), limits_(limits) {}

  // These keys as they are now.
  Result<std::vector<CurrentKey>> current(std::span<const ServerSource::AskedKey> keys);
  // All events of these keys to their sinks; none to that of a key that is not there.
  Result<void> values(std::span<const ServerSource::AskedKey> keys,
                      std::span<EventSink* const> sinks);

 private:
  Result<void> open();
  using Take = std::function<void(size_t place, const FoundKey&)>;
  Result<void> fetch(std::span<const ServerSource::AskedKey> keys, const Take& take);

  ServerSource& server_;
  KeySlots& slots_;
  Limits limits_;
  std::optional<FileContext> file_;
};

// Names that were kept, and values that are asked for. `names` must outlive the reader.
std::unique_ptr<KeyReader> read_from_server(const Block& names, ServerKeys& keys);

}  // namespace rdbproof
