#include "tests/laws/random_data.h"

#include <gtest/gtest.h>
#include <liblzf/lzf.h>

#include <algorithm>
#include <cstdlib>
#include <set>

#include "engine/encoding/listpack_writer.h"
#include "engine/encoding/ziplist_writer.h"
#include "engine/hash/crc64.h"
#include "engine/rdb/writer.h"

namespace rdbproof::test {
namespace {

using bench::Random;

constexpr unsigned kFirstBinaryScoreVersion = 8;
constexpr unsigned kFirstListpackVersion = 10;
constexpr unsigned kFirstSetListpackVersion = 11;

std::string random_text(Random& random) {
  switch (random.below(6)) {
    case 0:  // integers of every width
      return std::to_string(static_cast<int64_t>(random.next()) >> random.below(64));
    case 1:  // almost integers
      return std::vector<std::string>{
          "", "-0", "007", "+1", " 1", "1.0", "9223372036854775808"}[random.below(7)];
    case 2:  // compressible
      return std::string(random.between(1, 400), static_cast<char>('a' + random.below(3)));
    case 3: {  // any bytes
      std::string text(random.below(40), '\0');
      for (char& c : text) c = static_cast<char>(random.next() & 255);
      return text;
    }
    default: {
      std::string text(random.below(70) + 8, '\0');
      random.letters(text.data(), text.size() - 8);
      text.resize(text.size() - 8);
      return text;
    }
  }
}

std::string random_score(Random& random) {
  static const std::vector<std::string> special{"0",   "-1",     "inf",  "-inf",
                                                "0.5", "1e+300", "3.25", "4503599627370496"};
  if (random.one_in(4)) return special[random.below(special.size())];
  return std::to_string(static_cast<int64_t>(random.below(100000)) - 50000);
}

LogicalKey random_key(Random& random) {
  LogicalKey key;
  key.kind = static_cast<Kind>(random.below(5));
  if (random.one_in(4)) key.expire_at_ms = static_cast<int64_t>(random.next() >> 20) + 1;
  const uint64_t count = key.kind == Kind::kString ? 1 : random.between(1, 30);
  std::set<std::string> seen;
  while (key.elements.size() < count) {
    const std::string first = random_text(random);
    if (key.kind != Kind::kList && !seen.insert(first).second) continue;
    std::string second;
    if (key.kind == Kind::kHash) second = random_text(random);
    if (key.kind == Kind::kZset) second = random_score(random);
    key.elements.emplace_back(first, second);
  }
  return key;
}

size_t compress(Bytes input, char* output, size_t capacity) {
  return lzf_compress(input.data(), static_cast<unsigned>(input.size()), output,
                      static_cast<unsigned>(capacity));
}

template <class T>
void shuffle(std::vector<T>& items, Random& random) {
  for (size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[random.below(i)]);
}

bool is_pair(Kind kind) {
  return kind == Kind::kZset || kind == Kind::kHash;
}

// Elements in the packed form of the version.
std::string packed(const LogicalKey& key, unsigned version) {
  ListpackWriter listpack;
  ZiplistWriter ziplist;
  const auto append = [&](const std::string& text) {
    version >= kFirstListpackVersion ? listpack.append(text) : ziplist.append(text);
  };
  for (const auto& [first, second] : key.elements) {
    append(first);
    if (is_pair(key.kind)) append(second);
  }
  return std::string(version >= kFirstListpackVersion ? listpack.finish() : ziplist.finish());
}

void write_packed(RdbWriter& out, const std::string& name, const LogicalKey& key,
                  unsigned version) {
  const bool listpack = version >= kFirstListpackVersion;
  switch (key.kind) {
    case Kind::kList:
      out.key(listpack ? 18 : 10, name);
      if (listpack) out.length(1);
      if (listpack) out.length(2);
      break;
    case Kind::kSet:
      out.key(20, name);
      break;
    case Kind::kZset:
      out.key(listpack ? 17 : 12, name);
      break;
    default:
      out.key(listpack ? 16 : 13, name);
  }
  out.string(packed(key, version));
}

// The text of a score behind its length byte, as servers before 4.0 wrote it.
void write_text_score(RdbWriter& out, const std::string& score) {
  if (score == "inf" || score == "-inf") return out.byte(score == "inf" ? 254 : 255);
  out.byte(static_cast<uint8_t>(score.size()));
  out.raw(score);
}

void write_plain(RdbWriter& out, const std::string& name, const LogicalKey& key, unsigned version) {
  constexpr uint8_t kTypes[] = {0, 1, 2, 5, 4};
  const bool text_scores = version < kFirstBinaryScoreVersion && key.kind == Kind::kZset;
  out.key(text_scores ? 3 : kTypes[static_cast<size_t>(key.kind)], name);
  if (key.kind != Kind::kString) out.length(key.elements.size());
  for (const auto& [first, second] : key.elements) {
    out.string(first);
    if (key.kind == Kind::kHash) out.string(second);
    if (text_scores) {
      write_text_score(out, second);
    } else if (key.kind == Kind::kZset) {
      out.double_le(std::strtod(second.c_str(), nullptr));
    }
  }
}

void sort_by_score(std::vector<std::pair<std::string, std::string>>& members) {
  const auto order = [](const auto& member) {
    return std::make_pair(std::strtod(member.second.c_str(), nullptr),
                          std::string_view(member.first));
  };
  std::ranges::sort(members, {}, order);
}

void write_key(RdbWriter& out, const std::string& name, LogicalKey key, const Style& style,
               Random& random) {
  if (key.kind != Kind::kList) shuffle(key.elements, random);
  if (key.expire_at_ms != 0) out.expire_ms(key.expire_at_ms);
  const bool has_packed_form =
      key.kind != Kind::kString &&
      (key.kind != Kind::kSet || style.version >= kFirstSetListpackVersion);
  if (style.packed && has_packed_form) {
    if (key.kind == Kind::kZset) sort_by_score(key.elements);
    write_packed(out, name, key, style.version);
  } else {
    write_plain(out, name, key, style.version);
  }
}

}  // namespace

LogicalData random_data(Random& random) {
  LogicalData data;
  const uint64_t databases = random.between(1, 3);
  for (uint64_t i = 0; i < databases; ++i) {
    auto& keys = data[random.below(20)];
    const uint64_t count = random.between(1, 25);
    for (uint64_t j = 0; j < count; ++j) keys[random_text(random)] = random_key(random);
  }
  return data;
}

void change_one(LogicalData& data, Random& random) {
  auto database = std::next(data.begin(), static_cast<ptrdiff_t>(random.below(data.size())));
  auto& keys = database->second;
  LogicalKey& key =
      std::next(keys.begin(), static_cast<ptrdiff_t>(random.below(keys.size())))->second;
  auto& [first, second] = key.elements[random.below(key.elements.size())];
  if (key.kind == Kind::kZset) {
    second = second == "1" ? "2" : "1";
  } else if (key.kind == Kind::kHash) {
    second += "x";
  } else {
    first += "never generated";
  }
}

std::string write_dump(const LogicalData& data, const Style& style) {
  std::string bytes;
  Random random(style.order_seed);
  RdbWriter out(bytes, {.compressor = style.compressed ? compress : nullptr});
  out.header(style.version);
  std::vector<uint64_t> databases;
  for (const auto& [database, keys] : data) databases.push_back(database);
  shuffle(databases, random);
  for (const uint64_t database : databases) {
    out.select_db(database);
    std::vector<std::string> names;
    for (const auto& [name, key] : data.at(database)) names.push_back(name);
    shuffle(names, random);
    for (const std::string& name : names) {
      write_key(out, name, data.at(database).at(name), style, random);
    }
  }
  EXPECT_TRUE(out.finish());
  return bytes;
}

std::string dump_payload(const LogicalKey& key, const Style& style) {
  std::string record;
  Random random(style.order_seed);
  RdbWriter out(record, {.checksum = false, .compressor = style.compressed ? compress : nullptr});
  LogicalKey lasting = key;
  lasting.expire_at_ms = 0;
  write_key(out, "", lasting, style, random);
  EXPECT_TRUE(out.flush());
  constexpr size_t kNameAt = 1;  // one byte, the length of an empty name
  return seal_payload(record.erase(kNameAt, 1), style.version);
}

std::string seal_payload(std::string body, unsigned version) {
  RdbWriter out(body, {.checksum = false});
  out.byte(static_cast<uint8_t>(version & 0xff));
  out.byte(static_cast<uint8_t>(version >> 8));
  out.u64_le(crc64(0, body));
  EXPECT_TRUE(out.flush());
  return body;
}

}  // namespace rdbproof::test
