// What DUMP answers, from a server that may be anybody's: it becomes one record of a file, or none.
#include "engine/rdb/dump_payload.h"

#include <string>

#include "engine/rdb/framer.h"
#include "engine/rdb/grammar.h"
#include "tests/fuzz/target.h"

namespace rdbproof::fuzz {
namespace {

FileContext context() {
  FileContext file;
  file.version = 15;
  select_rows(file);
  return file;
}

void run(Bytes input) {
  static const FileContext kFile = context();
  const auto payload = read_dump_payload(input);
  const Bytes body = payload ? payload->body : input;
  std::string record;
  const bool appended = append_key_record(record, kFile, "name", 1234, body);
  FUZZ_CHECK(appended || record.empty(), "something is left of what is no record");
  if (appended) {
    const Framing framing = frame_records(kFile, record, 0, true, record.size());
    FUZZ_CHECK(framing.length == record.size() && !framing.end_seen, "it is not one record");
  }
  if (are_function_records(kFile, body)) {
    const Framing framing = frame_records(kFile, body, 0, true, body.size());
    FUZZ_CHECK(framing.length == body.size(), "these are not whole records");
  }
}

void seed(const Dump& dump, std::vector<std::string>& seeds) {
  for (size_t i = 0; i < dump.records.size(); i += 5) {
    seeds.push_back(std::string(dump.records[i].all) + std::string(10, '\0'));
  }
}

const Registration kTarget{{.name = "dump_payload", .run = run, .seed = seed}};

}  // namespace
}  // namespace rdbproof::fuzz
