// Reads single keys of a source again.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "engine/base/limits.h"
#include "engine/base/result.h"
#include "engine/hash/hash128.h"
#include "engine/io/block.h"
#include "engine/model/event.h"

namespace rdbproof {

struct WantedKey {
  uint64_t place = 0;     // of its KeyRecord
  Uint128 name_hash = 0;  // there may be others at the same place
  uint64_t database = 0;
  // Of whom asks.
  std::string* name = nullptr;
  EventSink* value = nullptr;  // gets all events of the key; null: the name will do
};

class KeyReader {
 public:
  virtual ~KeyReader() = default;

  // `wanted` ascends by place; readings that ascend from call to call are cheapest. Fails if a key
  // is not where it was: the source was changed. Values are given on any thread, one after the
  // other for a key.
  virtual Result<void> read(std::span<const WantedKey> wanted) = 0;
};

struct KeyReaderOptions {
  Limits limits;
  std::string temp_dir;
  uint64_t frame_bytes = uint64_t{1} << 20;
};

// Of a regular file, plain or compressed.
Result<std::unique_ptr<KeyReader>> open_key_reader(const std::string& path,
                                                   const KeyReaderOptions& options);
// Of names that were kept (key_records.h); `names` must outlive the reader.
std::unique_ptr<KeyReader> read_kept_names(const Block& names);

}  // namespace rdbproof
