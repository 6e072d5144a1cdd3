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

Result<std::vector<std::optional<KeyRecord>>> ServerKeys::records(
    std::span<const ServerSource::AskedKey> keys) {
  TRY_VOID(open());
  TRY(const auto found, server_.fetch(keys));
  std::vector<std::optional<KeyRecord>> records;
  for (size_t i = 0; i < keys.size(); ++i) {
    RecordSink sink(keys[i].database, slots_);
    if (found[i]) decode(*file_, *found[i], sink);
    records.push_back(sink.record());
  }
  return records;
}

Result<void> ServerKeys::values(std::span<const ServerSource::AskedKey> keys,
                                std::span<EventSink* const> sinks) {
  TRY_VOID(open());
  TRY(const auto found, server_.fetch(keys));
  for (size_t i = 0; i < keys.size(); ++i) {
    if (found[i]) decode(*file_, *found[i], *sinks[i]);
  }
  return {};
}

std::unique_ptr<KeyReader> read_from_server(const Block& names, ServerKeys& keys) {
  return std::make_unique<ServerKeyReader>(names, keys);
}

}  // namespace rdbproof
