// Sets, sorted sets and hashes: what has no order, and is read by a cursor that may give an
// element twice.
#include <boost/unordered/unordered_flat_map.hpp>
#include <charconv>
#include <cmath>

#include "engine/live/value_reading.h"
#include "engine/model/event.h"
#include "engine/rdb/writer.h"

namespace rdbproof {
namespace {

constexpr uint8_t kSet = 2;
constexpr uint8_t kHash = 4;
constexpr uint8_t kZset2 = 5;
constexpr uint8_t kValkeyHash2 = 22;
constexpr uint8_t kHashMetadata = 24;

// Tables that have shrunk give empty pages, but not that many.
constexpr unsigned kMostIdlePages = 20'000;
constexpr uint64_t kMemberCost = 64;  // what a member takes besides its text

struct Member {
  std::string value;  // of a field; the score's text
  uint64_t expiry = kNoExpiry;
};
using Members = boost::unordered_flat_map<std::string, Member>;

struct ScanCommands {
  const char* length;
  const char* scan;
  size_t stride;  // strings an element
};

// Adds the elements of a reply and leaves its cursor.
Result<void> take_page(ValueReading& reading, const ScanCommands& commands, Reply& reply,
                       std::string& cursor, Members& members) {
  if (reply.items.size() != 2 || reply.items[0].kind != Reply::Kind::kBulk) {
    return reading.strange(commands.scan);
  }
  cursor = std::move(reply.items[0].text);
  std::vector<Reply>& items = reply.items[1].items;
  if (items.size() % commands.stride != 0) return reading.strange(commands.scan);
  for (size_t i = 0; i < items.size(); i += commands.stride) {
    const auto [found, is_new] = members.try_emplace(std::move(items[i].text));
    if (is_new) TRY_VOID(reading.hold(kMemberCost + found->first.size()));
    if (commands.stride != 2) continue;
    std::string& value = items[i + 1].text;
    if (value.size() > found->second.value.size()) {
      TRY_VOID(reading.hold(value.size() - found->second.value.size()));
    }
    found->second.value = std::move(value);
  }
  return {};
}

Async<Members> scan_pages(ValueReading& reading, ScanCommands commands) {
  Members members;
  PageSize page(reading.options());
  std::string cursor = "0";
  unsigned idle = 0;
  do {
    Result<Reply> reply = co_await reading.ask(
        make_command(commands.scan, reading.key(), cursor, "COUNT", std::to_string(page.count())),
        Reply::Kind::kArray);
    if (!reply) co_return tl::unexpected(reply.error());
    const uint64_t bytes = text_bytes(*reply);
    const size_t before = members.size();
    const Result<void> taken = take_page(reading, commands, *reply, cursor, members);
    if (!taken) co_return tl::unexpected(taken.error());
    page.took(reply->items[1].items.size() / commands.stride, bytes);
    idle = members.size() == before ? idle + 1 : 0;
    if (idle > kMostIdlePages) co_return reading.strange(commands.scan);
  } while (cursor != "0");
  co_return members;
}

// A server still counts fields that have expired, but does not show them.
bool is_whole(const ValueReading& reading, uint64_t length, uint64_t found) {
  return found == length || (found < length && reading.options().has_field_expiry);
}

Async<Members> read_members(ValueReading& reading, ScanCommands commands) {
  const Result<uint64_t> before =
      co_await reading.ask_count(make_command(commands.length, reading.key()));
  if (!before) co_return tl::unexpected(before.error());
  if (*before == 0) co_return reading.changed();
  Result<Members> members = co_await scan_pages(reading, commands);
  if (!members) co_return tl::unexpected(members.error());
  const Result<uint64_t> after =
      co_await reading.ask_count(make_command(commands.length, reading.key()));
  if (!after) co_return tl::unexpected(after.error());
  const bool may_hide = std::string_view(commands.scan) == "HSCAN";
  const bool fits =
      may_hide ? is_whole(reading, *before, members->size()) : *before == members->size();
  if (*after != *before || !fits) co_return reading.changed();
  co_return members;
}

using Place = Members::iterator;

// As many fields from `from` on as one command may ask for.
Command expiry_command(ValueReading& reading, Members& members, Place from, Place& until) {
  Command command = make_command("HPEXPIRETIME", reading.key(), "FIELDS", "");
  uint64_t bytes = 0;
  uint64_t count = 0;
  for (until = from; until != members.end(); ++until) {
    bytes += until->first.size();
    const bool is_full =
        count == reading.options().page_elements || bytes > reading.options().page_bytes;
    if (is_full && count != 0) break;
    command.push_back(until->first);
    ++count;
  }
  command[3] = std::to_string(count);
  return command;
}

// Notes when fields expire. Those that have meanwhile are left out: what had no value is marked.
Async<bool> read_expiries(ValueReading& reading, Members& members) {
  constexpr int64_t kNone = -1;
  constexpr int64_t kGone = -2;
  bool any = false;
  std::vector<std::string> gone;
  for (Place at = members.begin(); at != members.end();) {
    Place until = at;
    Command command = expiry_command(reading, members, at, until);
    const Result<Reply> reply = co_await reading.ask(std::move(command), Reply::Kind::kArray);
    if (!reply) co_return tl::unexpected(reply.error());
    for (const Reply& time : reply->items) {
      if (at == until || time.kind != Reply::Kind::kInteger || time.integer < kGone) {
        co_return reading.strange("HPEXPIRETIME");
      }
      if (time.integer == kGone) gone.push_back(at->first);
      if (time.integer > kNone) at->second.expiry = static_cast<uint64_t>(time.integer);
      any |= time.integer > kNone;
      ++at;
    }
    if (at != until) co_return reading.strange("HPEXPIRETIME");
  }
  for (const std::string& field : gone) members.erase(field);
  co_return any;
}

std::string plain_hash(const Members& fields) {
  std::string body;
  RdbWriter writer(body, {.checksum = false});
  writer.byte(kHash);
  writer.length(fields.size());
  for (const auto& [field, member] : fields) {
    writer.string(field);
    writer.string(member.value);
  }
  return body;
}

std::string valkey_hash(const Members& fields) {
  std::string body;
  RdbWriter writer(body, {.checksum = false});
  writer.byte(kValkeyHash2);
  writer.length(fields.size());
  for (const auto& [field, member] : fields) {
    writer.string(field);
    writer.string(member.value);
    writer.u64_le(member.expiry);  // none: -1
  }
  return body;
}

std::string redis_hash(const Members& fields) {
  uint64_t earliest = kNoExpiry;
  for (const auto& [field, member] : fields) earliest = std::min(earliest, member.expiry);
  std::string body;
  RdbWriter writer(body, {.checksum = false});
  writer.byte(kHashMetadata);
  writer.u64_le(earliest);
  writer.length(fields.size());
  for (const auto& [field, member] : fields) {
    writer.length(member.expiry == kNoExpiry ? 0 : member.expiry - earliest + 1);
    writer.string(field);
    writer.string(member.value);
  }
  return body;
}

std::optional<double> score_in(const std::string& text) {
  double score = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, score);
  if (error != std::errc() || stop != end || std::isnan(score)) return std::nullopt;
  return score;
}

}  // namespace

Async<std::string> read_set_pages(ValueReading& reading) {
  const Result<Members> members = co_await read_members(reading, ScanCommands{"SCARD", "SSCAN", 1});
  if (!members) co_return tl::unexpected(members.error());
  std::string body;
  RdbWriter writer(body, {.checksum = false});
  writer.byte(kSet);
  writer.length(members->size());
  for (const auto& [text, member] : *members) writer.string(text);
  co_return body;
}

Async<std::string> read_zset_pages(ValueReading& reading) {
  const Result<Members> members = co_await read_members(reading, ScanCommands{"ZCARD", "ZSCAN", 2});
  if (!members) co_return tl::unexpected(members.error());
  std::string body;
  RdbWriter writer(body, {.checksum = false});
  writer.byte(kZset2);
  writer.length(members->size());
  for (const auto& [text, member] : *members) {
    const std::optional<double> score = score_in(member.value);
    if (!score) co_return reading.strange("ZSCAN");
    writer.string(text);
    writer.double_le(*score);
  }
  co_return body;
}

Async<std::string> read_hash_pages(ValueReading& reading) {
  Result<Members> fields = co_await read_members(reading, ScanCommands{"HLEN", "HSCAN", 2});
  if (!fields) co_return tl::unexpected(fields.error());
  bool expires = false;
  if (reading.options().has_field_expiry) {
    const Result<bool> any = co_await read_expiries(reading, *fields);
    if (!any) co_return tl::unexpected(any.error());
    expires = *any;
  }
  if (fields->empty()) co_return reading.changed();
  if (!expires) co_return plain_hash(*fields);
  co_return reading.options().is_valkey_format ? valkey_hash(*fields) : redis_hash(*fields);
}

}  // namespace rdbproof
