// A live server as a source: what it holds, given as the bytes of an RDB file.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/io/byte_stream.h"

namespace rdbproof {

// What is known of a server, or of a whole cluster, once it was read.
struct ServerFacts {
  std::string product;  // as INFO names it: "redis", "valkey", "keydb", "dragonfly"
  std::string version;
  std::string topology;            // "standalone", "cluster of 3 shards", ...
  std::vector<std::string> nodes;  // that were read: "127.0.0.1:6379 (replica)"
  std::string method;              // "scan", "typed", "sync"
  bool is_scanned = false;         // so that keys may be given more than once
  uint64_t keys_read = 0;
  uint64_t large_values = 0;  // that were read in pages
  uint64_t met_again = 0;     // keys that SCAN gave more than once
  uint64_t vanished = 0;  // keys that SCAN gave, and that were gone when their value was asked for
  uint64_t reconnections = 0;
  std::map<uint64_t, uint64_t> dbsize;  // by database, when the reading began
  bool has_functions = true;            // false: it did not let us read them
  bool exact_expiry = true;             // else in whole seconds or milliseconds from now
  int64_t now_ms = 0;                   // the server's clock when the reading ended
  std::vector<std::string> notes;       // what a reader of the report should know
  struct Unreadable {
    uint64_t database;
    std::string name;
    std::string why;
  };
  std::vector<Unreadable> unreadable;  // the first of them
  uint64_t unreadable_total = 0;
};

// A key as it was found.
struct FoundKey {
  enum class Kind : uint8_t {
    kRecord,
    kGone,
    kUnreadable,
    kMoved,  // to another node of a cluster; sources follow it
  };
  Kind kind = Kind::kGone;
  std::string text{};  // the record, or why it cannot be read
};

class ServerSource {
 public:
  virtual ~ServerSource() = default;

  // All that it holds. Once at a time.
  virtual Result<std::unique_ptr<ByteStream>> open() = 0;

  struct AskedKey {
    uint64_t database = 0;
    std::string name;
  };
  // Keys as they are now, with the records that would stand behind header() in a file: the first
  // of those asked for, one at least, as many as memory should be taken for. After open().
  virtual Result<std::vector<FoundKey>> fetch(std::span<const AskedKey> keys) = 0;
  // Magic and first records of the file that open() gave.
  virtual const std::string& header() const = 0;

  // Complete when the stream has ended.
  virtual ServerFacts facts() const = 0;
};

}  // namespace rdbproof
