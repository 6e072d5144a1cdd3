#include "engine/verify/aux_records.h"

#include <gtest/gtest.h>

#include "tests/unit/verify/dumps.h"

namespace rdbproof {
namespace {

using test::add_key;
using test::dump_of;
using test::findings_of;
using Lines = std::vector<std::string>;

Lines findings_of_field(Bytes name, Bytes value) {
  return findings_of(dump_of([&](RdbWriter& out) { out.aux(name, value); }));
}

TEST(AuxRecordsTest, ValuesOfKnownFieldsArePlausible) {
  const std::string id(40, 'a');
  const std::pair<Bytes, Bytes> sound[] = {
      {"repl-id", id},
      {"redis-bits", "64"},
      {"redis-bits", "32"},
      {"aof-base", "0"},
      {"aof-base", "1"},
      {"aof-preamble", "0"},
      {"ctime", "1700000000"},
      {"used-mem", "0"},
      {"used-mem", "18014398509481984"},
      {"repl-offset", "12"},
      {"repl-stream-db", "-1"},
      {"ctime", "1700086400"},
      {"some-name", "any"},
      {"", ""},
  };
  for (const auto& [name, value] : sound) {
    EXPECT_EQ(findings_of_field(name, value), Lines{}) << name << " " << value;
  }
  const std::pair<Bytes, Bytes> odd[] = {
      {"repl-id", Bytes(id).substr(1)},
      {"repl-id", "gaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},
      {"redis-bits", "63"},
      {"aof-base", "2"},
      {"aof-preamble", ""},
      {"ctime", "now"},
      {"ctime", "1700086401"},
      {"ctime", "1230767999"},
      {"used-mem", "-5"},
      {"used-mem", "1e9"},
      {"repl-offset", "0x10"},
      {"repl-stream-db", "-2"},
  };
  for (const auto& [name, value] : odd) {
    const Lines findings = findings_of_field(name, value);
    ASSERT_EQ(findings.size(), 1u) << name << " " << value;
    EXPECT_EQ(findings[0].substr(0, 18), "implausible-aux 9:");
  }
  EXPECT_EQ(findings_of_field("ctime", "\x1b[2J"),
            Lines{"implausible-aux 9: ctime is \\x1b[2J: not a number"});
}

TEST(AuxRecordsTest, AFieldOccursOnce) {
  EXPECT_EQ(
      findings_of(dump_of([](RdbWriter& out) {
        for (const char* name : {"a", "b", "a", "lua", "lua", "b", "a"}) out.aux(name, "1");
      })),
      (Lines{"implausible-aux 19: a is there already", "implausible-aux 38: b is there already",
             "implausible-aux 43: a is there already"}));
  EXPECT_EQ(findings_of(dump_of(
                [](RdbWriter& out) {
                  for (const char* name : {"df-ver", "search-index", "search-index"}) {
                    out.aux(name, "1");
                  }
                },
                9)),
            Lines{});
}

TEST(AuxRecordsTest, MemoryHoldsTheData) {
  const auto file = [](Bytes used, uint8_t type, Bytes more = "x") {
    return dump_of([&](RdbWriter& out) {
      out.aux("used-mem", used);
      out.aux(more, "1");
      out.key(type, "k");
      if (type == 1) out.length(1);
      out.plain_string(std::string(5005, 'x'));
    });
  };
  EXPECT_EQ(findings_of(file("1001", 0)), Lines{});
  EXPECT_EQ(findings_of(file("1000", 0)),
            Lines{"implausible-aux 9: used-mem is 1000: the keys hold 5005 bytes"});
  EXPECT_EQ(findings_of(file("1000", 1)), Lines{}) << "lists may be compressed in memory";
  EXPECT_EQ(findings_of(file("1000", 0, "big-used-ram")), Lines{}) << "the data are on flash";
}

}  // namespace
}  // namespace rdbproof
