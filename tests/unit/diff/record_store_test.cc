#include "engine/diff/record_store.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "engine/diff/packed_records.h"
#include "engine/io/scratch_file.h"
#include "tests/unit/io/io_test_util.h"

namespace rdbproof {
namespace {

KeyRecord record_number(uint64_t number) {
  KeyRecord record;
  const Uint128 hash = hash128({reinterpret_cast<const char*>(&number), sizeof number});
  record.name_high = static_cast<uint64_t>(hash >> 64);
  record.name_low = static_cast<uint64_t>(hash);
  record.content = number * 3;
  record.members = ~number;
  record.expire_at_ms = static_cast<int64_t>(number) - 7;
  record.place = number * 101;
  record.database_slot = static_cast<uint16_t>(number % 5);
  record.type_slot = static_cast<uint16_t>(number % 7);
  record.flags = number % 2;
  return record;
}

bool is_equal(const KeyRecord& one, const KeyRecord& other) {
  return std::memcmp(&one, &other, sizeof one) == 0;
}

TEST(PackedRecords, AreReadBack) {
  std::vector<KeyRecord> records;
  for (uint64_t i = 0; i < 1000; ++i) records.push_back(record_number(i));
  const std::string packed = pack_records(records);
  EXPECT_LT(packed.size(), records.size() * sizeof(KeyRecord) * 3 / 4);
  std::vector<KeyRecord> back;
  ASSERT_TRUE(unpack_records(packed, records.size(), back));
  ASSERT_EQ(back.size(), records.size());
  for (size_t i = 0; i < back.size(); ++i) EXPECT_TRUE(is_equal(back[i], records[i])) << i;
}

TEST(PackedRecords, AreNotReadFromOtherBytes) {
  std::vector<KeyRecord> records(10);
  std::string packed = pack_records(records);
  std::vector<KeyRecord> back;
  EXPECT_FALSE(unpack_records(packed.substr(0, packed.size() - 1), 10, back));
  EXPECT_FALSE(unpack_records(packed, 11, back));
  EXPECT_FALSE(unpack_records("", 10, back));
}

KeyRecordBatch batch_of(const std::vector<KeyRecord>& records, Slabs& slabs, bool as_run) {
  KeyRecordBatch batch;
  if (as_run) {
    batch.runs.emplace_back(records, slabs);
  } else {
    batch.few = records;
  }
  return batch;
}

class RecordStoreTest : public testing::TestWithParam<uint64_t> {};

TEST_P(RecordStoreTest, GivesWhatItGot) {
  const test::TempDir dir;
  RecordStore store(GetParam(), [&] { return ScratchFile::create(dir.path()); });
  std::map<uint64_t, KeyRecord> expected;
  Slabs slabs;
  for (uint64_t part = 0; part < 40; ++part) {
    std::vector<KeyRecord> records;
    for (uint64_t i = 0; i < 1 + part * 100; ++i) {
      records.push_back(record_number(part * 100'000 + i));
      expected[records.back().place] = records.back();
    }
    ASSERT_TRUE(store.add(batch_of(records, slabs, part % 3 != 0)));
  }
  ASSERT_TRUE(store.finish());
  EXPECT_EQ(store.size(), expected.size());
  EXPECT_EQ(store.disk_bytes() != 0, GetParam() < 1'000'000);
  for (size_t bucket = 0; bucket < kKeyBuckets; ++bucket) {
    std::vector<KeyRecord> piece;
    uint64_t count = 0;
    const auto visited = store.visit(bucket, piece, [&](const std::vector<KeyRecord>& records) {
      for (const KeyRecord& record : records) {
        EXPECT_EQ(key_bucket(record.name_high), bucket);
        ASSERT_TRUE(expected.contains(record.place));
        EXPECT_TRUE(is_equal(record, expected[record.place]));
        expected.erase(record.place);
        ++count;
      }
    });
    ASSERT_TRUE(visited);
    EXPECT_EQ(count, store.count(bucket));
  }
  EXPECT_TRUE(expected.empty());
}

INSTANTIATE_TEST_SUITE_P(Memory, RecordStoreTest, testing::Values(0, 100'000, uint64_t{1} << 30));

TEST(RecordStore, SaysWhenThereIsNoPlaceForIt) {
  RecordStore store(0, [] { return fail("no place"); });
  Slabs slabs;
  const auto added = store.add(batch_of({record_number(1)}, slabs, true));
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().message, "no place");
}

TEST(KeyRecordRun, IsNamedAfterwards) {
  std::vector<KeyRecord> records;
  for (uint64_t i = 0; i < 100; ++i) records.push_back(record_number(i));
  Slabs slabs;
  KeyRecordRun run(records, slabs);
  run.name_database(3, 77);
  run.move_places(1000);
  std::vector<KeyRecord> named;
  for (size_t bucket = 0; bucket < kKeyBuckets; ++bucket) {
    const size_t before = named.size();
    run.copy(bucket, named);
    EXPECT_EQ(named.size() - before, run.count(bucket));
    for (size_t i = before; i < named.size(); ++i) {
      EXPECT_EQ(key_bucket(named[i].name_high), bucket);
      EXPECT_EQ(named[i].database_slot, 77);
      EXPECT_EQ((named[i].place - 1000) % 101, 0u);
    }
  }
  EXPECT_EQ(named.size(), records.size());
}

}  // namespace
}  // namespace rdbproof
