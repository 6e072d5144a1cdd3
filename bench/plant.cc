// rdbproof-plant: copies an RDB file with some keys changed, removed and added, and says which.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <array>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "bench/output_file.h"
#include "bench/random.h"
#include "engine/base/text.h"
#include "engine/io/input.h"
#include "engine/rdb/record_decoder.h"
#include "engine/rdb/writer.h"
#include "engine/scan/frame_cutter.h"

namespace rdbproof::bench {
namespace {

struct Options {
  std::string source;
  std::string output;
  uint64_t changed = 500;
  uint64_t removed = 250;
  uint64_t added = 250;
  uint64_t expiries = 0;
  uint64_t seed = 1;
};

enum class Edit : uint8_t { kChange, kRemove, kAdd, kExpire };

void report(std::string_view kind, uint64_t database, Bytes name, std::string_view type) {
  std::string key;
  append_json_string(key, name);
  fmt::print("{{\"kind\":\"{}\",\"db\":{},\"key\":{},\"type\":\"{}\"}}\n", kind, database, key,
             type);
}

bool has_other_value(ValueType type) {
  return is_container(type) || type == ValueType::kString;
}

// A value of the key's type that no generated dump has.
void write_other_value(RdbWriter& out, const Key& key) {
  constexpr Bytes kNew = "planted value";
  constexpr auto kPlainTypes = std::to_array<uint8_t>({0, 1, 2, 5, 4});
  out.key(kPlainTypes.at(static_cast<size_t>(key.type)), key.name);
  if (key.type != ValueType::kString) out.length(1);
  out.string(kNew);
  if (key.type == ValueType::kHash) out.string(kNew);
  if (key.type == ValueType::kZset) out.double_le(1.5);
}

using KeyNumbers = std::unordered_map<uint64_t, Edit>;

// Copies records, but for the keys whose numbers are to be edited.
class Planter final : public EventSink {
 public:
  Planter(RdbWriter& out, const KeyNumbers& edits) : out_(out), edits_(edits) {}

  void eat(RecordDecoder& decoder, Bytes records, uint64_t offset) {
    records_ = records;
    offset_ = copied_ = offset;
    decoder.decode(records, offset);
    copy_to(offset + records.size());
  }

  void select_database(uint64_t database) override { database_ = database; }
  void other_record(const OtherRecord& record) override {
    if (record.byte != kEnd) return;
    copy_to(record.offset);
    copied_ = record.end_offset;
  }
  bool wants_value(const Key&) override { return edits_.contains(keys_++); }
  void end_key(const Key& key, const ValueSummary& value) override {
    const Edit edit = edits_.at(keys_ - 1);
    switch (edit) {
      case Edit::kAdd:
        copy_to(value.end_offset);
        return add("planted:" + std::to_string(keys_));
      case Edit::kRemove:
        return remove(key, value);
      case Edit::kChange:
        return change(key, value);
      case Edit::kExpire:
        return expire(key, value);
    }
  }

 private:
  static constexpr uint8_t kEnd = 255;

  void copy_to(uint64_t end) {
    out_.raw(records_.substr(copied_ - offset_, end - copied_));
    copied_ = end;
  }
  void add(const std::string& name) {
    out_.key(0, name);
    out_.string("planted value");
    report("only_b", database_, name, "string");
  }
  void remove(const Key& key, const ValueSummary& value) {
    copy_to(key.offset);
    report("only_a", database_, key.name, key.type_name());
    copied_ = value.end_offset;
  }
  void change(const Key& key, const ValueSummary& value) {
    if (!has_other_value(key.type)) return remove(key, value);
    copy_to(key.offset);
    if (key.has_expiry) out_.expire_ms(key.expire_at_ms);
    write_other_value(out_, key);
    report("value", database_, key.name, key.type_name());
    copied_ = value.end_offset;
  }
  void expire(const Key& key, const ValueSummary& value) {
    copy_to(key.offset);
    out_.expire_ms(key.has_expiry ? key.expire_at_ms + 1 : 4'102'444'800'000);
    report("expiry", database_, key.name, key.type_name());
    // The attributes of a generated key are its expiry alone.
    if (key.has_expiry) copied_ += kExpiryBytes;
    copy_to(value.end_offset);
  }

  static constexpr uint64_t kExpiryBytes = 9;

  RdbWriter& out_;
  const KeyNumbers& edits_;
  Bytes records_;
  uint64_t offset_ = 0;
  uint64_t copied_ = 0;
  uint64_t database_ = 0;
  uint64_t keys_ = 0;
};

class KeyCounter final : public EventSink {
 public:
  bool wants_value(const Key&) override {
    ++keys;
    return false;
  }
  uint64_t keys = 0;
};

// Gives all records to eat(decoder, records, offset), with a decoder for `sink`.
template <class Eat>
Result<FileContext> visit_file(const std::string& path, EventSink& sink, const Eat& eat) {
  TRY(Input input, open_input(path));
  FrameCutter cutter(input, uint64_t{1} << 20);
  TRY(const bool readable, cutter.open({}));
  if (!readable) return fail(path + " is no RDB file");
  RecordDecoder decoder(cutter.file(), sink);
  while (true) {
    TRY(const std::optional<Frame> frame, cutter.next());
    if (!frame) break;
    visit_records(*frame, [&](Bytes records, uint64_t offset) { eat(decoder, records, offset); });
  }
  return cutter.file();
}

KeyNumbers choose(const Options& options, uint64_t keys) {
  Random random(options.seed);
  KeyNumbers chosen;
  const auto pick = [&](uint64_t count, Edit edit) {
    for (uint64_t i = 0; i < count && chosen.size() < keys;) {
      i += chosen.emplace(random.next() % keys, edit).second;
    }
  };
  pick(options.changed, Edit::kChange);
  pick(options.removed, Edit::kRemove);
  pick(options.added, Edit::kAdd);
  pick(options.expiries, Edit::kExpire);
  return chosen;
}

Result<void> plant(const Options& options) {
  KeyCounter counter;
  TRY(const FileContext file, visit_file(options.source, counter,
                                         [](RecordDecoder& decoder, Bytes records,
                                            uint64_t offset) { decoder.decode(records, offset); }));
  const KeyNumbers edits = choose(options, counter.keys);
  TRY(OutputFile output, OutputFile::create(options.output));
  RdbWriter out(output.descriptor());
  out.header(file.version);
  Planter planter(out, edits);
  TRY_VOID(visit_file(options.source, planter,
                      [&](RecordDecoder& decoder, Bytes records, uint64_t offset) {
                        planter.eat(decoder, records, offset);
                      }));
  TRY_VOID(out.finish());
  return output.commit();
}

}  // namespace
}  // namespace rdbproof::bench

int main(int argc, char** argv) {
  CLI::App app(
      "Copies an RDB file with some keys changed, removed and added. Prints these as diff names "
      "them, one JSON object a line.",
      "rdbproof-plant");
  rdbproof::bench::Options options;
  app.add_option("SOURCE", options.source, "A file of rdbproof-generate")->required();
  app.add_option("FILE", options.output, "The file to write")->required();
  app.add_option("--changed", options.changed, "Keys with another value of their type")
      ->capture_default_str();
  app.add_option("--removed", options.removed, "Keys to leave out")->capture_default_str();
  app.add_option("--added", options.added, "Keys to add")->capture_default_str();
  app.add_option("--expiries", options.expiries, "Keys with another expiry")->capture_default_str();
  app.add_option("--seed", options.seed, "Another seed chooses other keys")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  const auto planted = rdbproof::bench::plant(options);
  if (planted) return 0;
  fmt::print(stderr, "rdbproof-plant: {}\n", planted.error().message);
  return 2;
}
