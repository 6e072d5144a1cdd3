// What a decoder says, as lines that a test can compare.
#pragma once

#include <string>
#include <vector>

#include "engine/model/event.h"
#include "engine/rdb/file_context.h"

namespace rdbproof::test {

class RecordingSink final : public EventSink {
 public:
  void select_database(uint64_t database) override;
  void begin_key(const Key& key) override;
  void elements(const Key& key, std::span<const Element> batch) override;
  void end_key(const Key& key, const ValueSummary& value) override;
  void drop_key(const Key& key) override;
  void aux(Bytes name, Bytes value) override;
  void function(Bytes source) override;
  void resize_hint(uint64_t keys, uint64_t expires) override;
  void finding(Finding finding) override;

  std::vector<std::string> lines;
  std::vector<Finding> findings;
};

// "item 'a'", "field 'f' 'v' expires 5" ...
std::string element_text(const Element& element);

// What settles the rest of a file that begins with `beginning`, which must be sound.
FileContext context_of(Bytes beginning);

// Decodes whole records that stand at `kRecordsOffset`, in a file that begins with `beginning`.
inline constexpr uint64_t kRecordsOffset = 100;
RecordingSink decode(Bytes beginning, Bytes records);

// The same for one value named k of this type: the lines between begin_key() and the end, or the
// finding if there is one.
std::vector<std::string> decode_value(Bytes beginning, uint8_t type, Bytes value);

// The first finding about such a value.
Finding first_finding(Bytes beginning, uint8_t type, Bytes value);

// A short string in its RDB form.
std::string rdb_string(Bytes text);

}  // namespace rdbproof::test
