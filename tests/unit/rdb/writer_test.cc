#include "engine/rdb/writer.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <string>

#include "engine/encoding/listpack_writer.h"
#include "engine/encoding/ziplist_writer.h"

namespace rdbproof {
namespace {

std::string repeat_hex(size_t count) {
  std::string hex;
  for (size_t index = 0; index < count; ++index) hex += "78";
  return hex;
}

// The entries without the header and the end mark, in hexadecimal.
std::string listpack_entries(Bytes value) {
  ListpackWriter writer;
  writer.append(value);
  const Bytes whole = writer.finish();
  return to_hex(whole.substr(6, whole.size() - 7));
}

std::string ziplist_entries(std::initializer_list<Bytes> values) {
  ZiplistWriter writer;
  for (const Bytes value : values) writer.append(value);
  const Bytes whole = writer.finish();
  return to_hex(whole.substr(10, whole.size() - 11));
}

template <typename Function>
std::string written(Function function, RdbWriterOptions options = {}) {
  std::string bytes;
  RdbWriter writer(bytes, options);
  function(writer);
  return to_hex(bytes);
}

std::string length_form(uint64_t value) {
  return written([&](RdbWriter& writer) { writer.length(value); });
}

std::string string_form(Bytes value) {
  return written([&](RdbWriter& writer) { writer.string(value); });
}

TEST(CanonicalInteger, TakesOnlyWhatRedisPrints) {
  EXPECT_EQ(canonical_integer("-9223372036854775808"), INT64_MIN);
  for (const Bytes text : {"", "-", "-0", "00", "01", "+1", " 1", "1 ", "1.0", "0x1",
                           "9223372036854775808", "-9223372036854775809"}) {
    EXPECT_FALSE(canonical_integer(text)) << text;
  }
  EXPECT_FALSE(canonical_integer(Bytes("1\0", 2)));
}

TEST(ListpackWriter, ChoosesTheNarrowestInteger) {
  EXPECT_EQ(listpack_entries("0"), "0001");
  EXPECT_EQ(listpack_entries("127"), "7f01");
  EXPECT_EQ(listpack_entries("128"), "c08002");
  EXPECT_EQ(listpack_entries("-1"), "dfff02");
  EXPECT_EQ(listpack_entries("4095"), "cfff02");
  EXPECT_EQ(listpack_entries("-4096"), "d00002");
  EXPECT_EQ(listpack_entries("4096"), "f1001003");
  EXPECT_EQ(listpack_entries("-32768"), "f1008003");
  EXPECT_EQ(listpack_entries("32768"), "f200800004");
  EXPECT_EQ(listpack_entries("-8388608"), "f200008004");
  EXPECT_EQ(listpack_entries("8388608"), "f30000800005");
  EXPECT_EQ(listpack_entries("2147483648"), "f4000000800000000009");
  EXPECT_EQ(listpack_entries("-9223372036854775808"), "f4000000000000008009");
}

TEST(ListpackWriter, ChoosesTheShortestStringHeader) {
  EXPECT_EQ(listpack_entries(""), "8001");
  EXPECT_EQ(listpack_entries("01"), "82303103");
  EXPECT_EQ(listpack_entries(std::string(63, 'x')), "bf" + repeat_hex(63) + "40");
  EXPECT_EQ(listpack_entries(std::string(64, 'x')), "e040" + repeat_hex(64) + "42");
  EXPECT_EQ(listpack_entries(std::string(4095, 'x')), "efff" + repeat_hex(4095) + "2081");
  EXPECT_EQ(listpack_entries(std::string(4096, 'x')), "f000100000" + repeat_hex(4096) + "2085");
}

TEST(ListpackWriter, WidensBackLengthsWhereRedisDoes) {
  const auto back_length = [](size_t entry_bytes, size_t header_bytes, size_t digits) {
    const std::string entry = listpack_entries(std::string(entry_bytes - header_bytes, 'x'));
    return entry.substr(entry.size() - digits);
  };
  EXPECT_EQ(back_length(127, 2, 4), "787f");
  EXPECT_EQ(back_length(128, 2, 4), "0180");
  EXPECT_EQ(back_length(16382, 5, 6), "787ffe");
  EXPECT_EQ(back_length(16383, 5, 6), "00ffff");
  EXPECT_EQ(back_length(2097150, 5, 8), "787ffffe");
  EXPECT_EQ(back_length(2097151, 5, 8), "00ffffff");
}

TEST(ListpackWriter, CompletesTheHeader) {
  ListpackWriter writer;
  EXPECT_EQ(to_hex(writer.finish()), "070000000000ff");
  writer.clear();
  writer.append("a");
  writer.append_integer(5);
  EXPECT_EQ(writer.count(), 2u);
  EXPECT_EQ(writer.size(), 12u);
  EXPECT_EQ(to_hex(writer.finish()), "0c00000002008161020501ff");
}

TEST(PackedWriters, GiveUpCountingAt65535) {
  ListpackWriter listpack;
  ZiplistWriter ziplist;
  for (int index = 0; index < 65534; ++index) {
    listpack.append("1");
    ziplist.append("1");
  }
  EXPECT_EQ(load_le<uint16_t>(listpack.finish().data() + 4), 65534);
  EXPECT_EQ(load_le<uint16_t>(ziplist.finish().data() + 8), 65534);
  listpack.clear();
  ziplist.clear();
  for (int index = 0; index < 70000; ++index) {
    listpack.append("1");
    ziplist.append("1");
  }
  EXPECT_EQ(load_le<uint16_t>(listpack.finish().data() + 4), 65535);
  EXPECT_EQ(load_le<uint16_t>(ziplist.finish().data() + 8), 65535);
}

TEST(ZiplistWriter, CompletesTheHeader) {
  ZiplistWriter writer;
  EXPECT_EQ(to_hex(writer.finish()), "0b0000000a0000000000ff");
  writer.clear();
  for (const Bytes value : {"a", "12", "13", "1000"}) writer.append(value);
  EXPECT_EQ(writer.count(), 4u);
  EXPECT_EQ(writer.size(), 23u);
  EXPECT_EQ(to_hex(writer.finish()), "1700000012000000040000016103fd02fe0d03c0e803ff");
}

TEST(ZiplistWriter, ChoosesTheNarrowestInteger) {
  EXPECT_EQ(ziplist_entries({"-1"}), "00feff");
  EXPECT_EQ(ziplist_entries({"-129"}), "00c07fff");
  EXPECT_EQ(ziplist_entries({"32768"}), "00f0008000");
  EXPECT_EQ(ziplist_entries({"8388608"}), "00d000008000");
  EXPECT_EQ(ziplist_entries({"2147483648"}), "00e00000008000000000");
}

TEST(ZiplistWriter, WritesEveryStringHeaderAndPreviousLength) {
  EXPECT_EQ(ziplist_entries({std::string(63, 'x')}), "003f" + repeat_hex(63));
  EXPECT_EQ(ziplist_entries({std::string(64, 'x')}), "004040" + repeat_hex(64));
  EXPECT_EQ(ziplist_entries({std::string(16384, 'x')}), "008000004000" + repeat_hex(16384));
  EXPECT_EQ(ziplist_entries({std::string(250, 'x'), "b"}), "0040fa" + repeat_hex(250) + "fd0162");
  EXPECT_EQ(ziplist_entries({std::string(251, 'x'), "b"}),
            "0040fb" + repeat_hex(251) + "fefe0000000162");
}

TEST(RdbWriter, WritesCanonicalLengths) {
  EXPECT_EQ(length_form(0), "00");
  EXPECT_EQ(length_form(63), "3f");
  EXPECT_EQ(length_form(64), "4040");
  EXPECT_EQ(length_form(16383), "7fff");
  EXPECT_EQ(length_form(16384), "8000004000");
  EXPECT_EQ(length_form(0xffffffff), "80ffffffff");
  EXPECT_EQ(length_form(0x100000000), "810000000100000000");
  EXPECT_EQ(length_form(~uint64_t{0}), "81ffffffffffffffff");
}

TEST(RdbWriter, StoresIntegerTextAsIntegers) {
  EXPECT_EQ(string_form("0"), "c000");
  EXPECT_EQ(string_form("-128"), "c080");
  EXPECT_EQ(string_form("128"), "c18000");
  EXPECT_EQ(string_form("-32768"), "c10080");
  EXPECT_EQ(string_form("32768"), "c200800000");
  EXPECT_EQ(string_form("2147483647"), "c2ffffff7f");
  EXPECT_EQ(string_form("-2147483648"), "c200000080");
  EXPECT_EQ(string_form("2147483648"), "0a32313437343833363438");
  EXPECT_EQ(string_form("007"), "03303037");
  EXPECT_EQ(string_form(""), "00");
}

TEST(RdbWriter, CompressesOnlyWhatPays) {
  static size_t capacity_asked = 0;
  const LzfCompressor two_bytes = [](Bytes, char* output, size_t capacity) -> size_t {
    capacity_asked = capacity;
    output[0] = 'A';
    output[1] = 'B';
    return 2;
  };
  const LzfCompressor hopeless = [](Bytes, char*, size_t) -> size_t { return 0; };
  const auto form = [](size_t length, LzfCompressor compressor) {
    return written([&](RdbWriter& writer) { writer.string(std::string(length, 'x')); },
                   {.compressor = compressor});
  };
  EXPECT_EQ(form(20, two_bytes), "14" + repeat_hex(20));
  EXPECT_EQ(form(21, two_bytes), "c302154142");
  EXPECT_EQ(capacity_asked, 17u);
  EXPECT_EQ(form(21, hopeless), "15" + repeat_hex(21));
}

TEST(RdbWriter, WritesEveryOpcode) {
  EXPECT_EQ(written([](RdbWriter& writer) { writer.select_db(5); }), "fe05");
  EXPECT_EQ(written([](RdbWriter& writer) { writer.resize_db(64, 1); }), "fb404001");
  EXPECT_EQ(written([](RdbWriter& writer) { writer.expire_ms(-2); }), "fcfeffffffffffffff");
  EXPECT_EQ(written([](RdbWriter& writer) { writer.idle(7); }), "f807");
  EXPECT_EQ(written([](RdbWriter& writer) { writer.freq(255); }), "f9ff");
  EXPECT_EQ(written([](RdbWriter& writer) { writer.function_library("#!"); }), "f5022321");
  EXPECT_EQ(written([](RdbWriter& writer) { writer.key(4, "k"); }), "04016b");
  EXPECT_EQ(written([](RdbWriter& writer) { writer.double_le(-2.5); }), "00000000000004c0");
  EXPECT_EQ(written([](RdbWriter& writer) { writer.lzf_string("ab", 100); }), "c30240646162");
}

// A dump of an empty Redis 7.2.0, footer included.
TEST(RdbWriter, WritesWhatAServerWrote) {
  const std::string hex = written([](RdbWriter& writer) {
    writer.header(11);
    writer.aux("redis-ver", "7.2.0");
    writer.aux("redis-bits", "64");
    writer.aux("ctime", "1706821741");
    writer.aux("used-mem", "1098928");
    writer.aux("aof-base", "0");
    EXPECT_EQ(writer.finish().value(), 88u);
  });
  EXPECT_EQ(hex,
            "524544495330303131fa0972656469732d76657205372e322e30fa0a72656469732d62697473c040fa05"
            "6374696d65c26d08bc65fa08757365642d6d656dc2b0c41000fa08616f662d62617365c000fff06e3bfe"
            "c0ff5aa2");
}

TEST(RdbWriter, WritesTheFooterOfTheVersion) {
  const auto empty = [](unsigned version, bool checksum) {
    return written(
        [&](RdbWriter& writer) {
          writer.header(version);
          EXPECT_TRUE(writer.finish());
        },
        {.checksum = checksum});
  };
  EXPECT_EQ(empty(4, true), "524544495330303034ff");
  EXPECT_EQ(empty(10, false), "524544495330303130ff0000000000000000");
  EXPECT_EQ(empty(80, false), "56414c4b4559303830ff0000000000000000");
}

TEST(RdbWriter, LeavesAloneWhatTheStringHeld) {
  std::string bytes = "before";
  RdbWriter writer(bytes, {.checksum = false});
  writer.header(10);
  EXPECT_EQ(writer.size(), 9u);
  ASSERT_TRUE(writer.finish());
  EXPECT_EQ(bytes, "beforeREDIS0010\xff" + std::string(8, '\0'));
}

void write_sample(RdbWriter& writer) {
  writer.header(10);
  writer.select_db(0);
  for (int index = 0; index < 100000; ++index) {
    writer.key(0, "key:" + std::to_string(index));
    writer.string(std::to_string(index * 1000));
  }
  writer.key(0, "large");
  writer.string(std::string(size_t{3} << 20, 'x'));
  writer.key(0, "last");
  writer.string("value");
}

TEST(RdbWriter, WritesTheSameIntoAFile) {
  std::string expected;
  RdbWriter to_string(expected);
  write_sample(to_string);
  ASSERT_TRUE(to_string.finish());

  std::FILE* file = std::tmpfile();
  ASSERT_NE(file, nullptr);
  RdbWriter to_file(::fileno(file));
  write_sample(to_file);
  ASSERT_TRUE(to_file.flush());
  EXPECT_EQ(to_file.finish().value(), expected.size());
  std::string read(expected.size() + 1, '\0');
  EXPECT_EQ(::pread(::fileno(file), read.data(), read.size(), 0),
            static_cast<ssize_t>(expected.size()));
  read.resize(expected.size());
  EXPECT_TRUE(read == expected);
  std::fclose(file);
}

TEST(RdbWriter, ReportsAFullDisk) {
  const int descriptor = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  if (descriptor < 0) GTEST_SKIP() << "no /dev/full";
  RdbWriter writer(descriptor);
  write_sample(writer);
  EXPECT_FALSE(writer.flush());
  const auto finished = writer.finish();
  ASSERT_FALSE(finished);
  EXPECT_NE(finished.error().message.find("cannot write"), std::string::npos);
  EXPECT_FALSE(finished.error().hint.empty());
  ::close(descriptor);
}

}  // namespace
}  // namespace rdbproof
