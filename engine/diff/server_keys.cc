#include "engine/diff/server_keys.h"

#include "engine/rdb/prologue.h"
#include "engine/rdb/record_decoder.h"
#include "engine/verify/key_index.h"

namespace rdbproof {
namespace {

// Makes the record of one key.
class RecordSink final : public EventSink {
 public:
  RecordSink(uint64_t database, KeySlots& slots) : database_(database), slots_(slots) {}

  void begin_key(const Key& key) override { keys_.begin_key(key); }
  void elements(const Key& key, std::span<const Element> batch) override {
    keys_.elements(key, batch);
  }
  void end_key(const Key& key, const ValueSummary& value) override {
    record_ = make_key_record(key, keys_.finish(key, value), slots_);
    name_database(*record_, database_, slots_.database_slot(database_));
  }
  const std::optional<KeyRecord>& record() const { return record_; }

 private:
  uint64_t database_;
  KeySlots& slots_;
  FastKeys keys_;
  std::optional<KeyRecord> record_;
};

void decode(const FileContext& file, Bytes record, EventSink& sink) {
  RecordDecoder decoder(file, sink);
  decoder.decode(record, 0);
}

class ServerKeyReader final : public KeyReader {
 public:
  ServerKeyReader(const Block& names, ServerKeys& keys)
      : names_(read_kept_names(names)), keys_(keys) {}

  Result<void> read(std::span<const WantedKey> wanted) override {
    TRY_VOID(names_->read(wanted));
    std::vector<ServerSource::AskedKey> asked;
    std::vector<EventSink*> sinks;
    for (const WantedKey& key : wanted) {
      if (key.value == nullptr) continue;
      asked.push_back({key.database, *key.name});
      sinks.push_back(key.value);
    }
    return keys_.values(asked, sinks);
  }

 private:
  std::unique_ptr<KeyReader> names_;
  ServerKeys& keys_;
};

}  // namespace

// The end makes a whole file of the header.
Result<void> ServerKeys::open() {
  if (file_) return {};
  Prologue prologue = read_prologue(server_.header() + '\xFF', true, limits_);
  if (prologue.state != PrologueState::kRead) return fail("the server was not read");
  file_ = std::move(prologue.file);
  return {};
}

Result<void> ServerKeys::fetch(std::span<const ServerSource::AskedKey> keys, const Take& take) {
  TRY_VOID(open());
  for (size_t place = 0; place < keys.size();) {
    TRY(const std::vector<FoundKey> found, server_.fetch(keys.subspan(place)));
    for (const FoundKey& key : found) take(place++, key);
  }
  return {};
}

Result<std::vector<CurrentKey>> ServerKeys::current(std::span<const ServerSource::AskedKey> keys) {
  std::vector<CurrentKey> all(keys.size());
  TRY_VOID(fetch(keys, [&](size_t place, const FoundKey& found) {
    RecordSink sink(keys[place].database, slots_);
    if (found.kind == FoundKey::Kind::kRecord) decode(*file_, found.text, sink);
    all[place] = {sink.record(), found.kind == FoundKey::Kind::kUnreadable};
  }));
  return all;
}

Result<void> ServerKeys::values(std::span<const ServerSource::AskedKey> keys,
                                std::span<EventSink* const> sinks) {
  return fetch(keys, [&](size_t place, const FoundKey& found) {
    if (found.kind == FoundKey::Kind::kRecord) decode(*file_, found.text, *sinks[place]);
  });
}

std::unique_ptr<KeyReader> read_from_server(const Block& names, ServerKeys& keys) {
  return std::make_unique<ServerKeyReader>(names, keys);
}

}  // namespace rdbproof
