// Streams: entries, groups, consumers and pending entries.
#include <charconv>
#include <optional>

#include "engine/live/stream_body.h"
#include "engine/live/value_reading.h"

namespace rdbproof {
namespace {

constexpr uint64_t kEntryCost = 64;  // what an entry takes besides its text

std::optional<StreamId> id_in(const std::string& text) {
  StreamId id;
  const char* const end = text.data() + text.size();
  const auto [dash, error] = std::from_chars(text.data(), end, id.ms);
  if (error != std::errc() || dash == end || *dash != '-') return std::nullopt;
  const auto [stop, second_error] = std::from_chars(dash + 1, end, id.sequence);
  if (second_error != std::errc() || stop != end) return std::nullopt;
  return id;
}

std::string id_text(StreamId id) {
  return std::to_string(id.ms) + "-" + std::to_string(id.sequence);
}

// The next one; 0-0 behind the last.
StreamId behind(StreamId id) {
  ++id.sequence;
  if (id.sequence == 0) ++id.ms;
  return id;
}

// What XINFO says: names and values in turn.
const Reply* value_of(const Reply& facts, std::string_view name) {
  for (size_t i = 0; i + 1 < facts.items.size(); i += 2) {
    if (facts.items[i].text == name) return &facts.items[i + 1];
  }
  return nullptr;
}

std::optional<uint64_t> number_of(const Reply& facts, std::string_view name) {
  const Reply* const value = value_of(facts, name);
  if (value == nullptr || value->kind != Reply::Kind::kInteger || value->integer < 0) {
    return std::nullopt;
  }
  return static_cast<uint64_t>(value->integer);
}

std::optional<StreamId> id_of(const Reply& facts, std::string_view name) {
  const Reply* const value = value_of(facts, name);
  return value == nullptr ? std::nullopt : id_in(value->text);
}

std::optional<std::string> text_of(const Reply& facts, std::string_view name) {
  const Reply* const value = value_of(facts, name);
  if (value == nullptr || value->kind != Reply::Kind::kBulk) return std::nullopt;
  return value->text;
}

struct StreamState {
  uint64_t length = 0;
  StreamId last;
  bool operator==(const StreamState&) const = default;
};

Async<StreamState> ask_state(ValueReading& reading) {
  const Result<Reply> facts =
      co_await reading.ask(make_command("XINFO", "STREAM", reading.key()), Reply::Kind::kArray);
  if (!facts) co_return tl::unexpected(facts.error());
  const auto length = number_of(*facts, "length");
  const auto last = id_of(*facts, "last-generated-id");
  if (!length || !last) co_return reading.strange("XINFO STREAM");
  StreamState state;
  state.length = *length;
  state.last = *last;
  co_return state;
}

// Those of a page, from `next` on; leaves the id behind the last.
Result<std::vector<StreamEntry>> take_entries(ValueReading& reading, Reply& page, StreamId& next) {
  std::vector<StreamEntry> entries;
  entries.reserve(page.items.size());
  for (Reply& item : page.items) {
    const std::optional<StreamId> id =
        item.items.size() == 2 ? id_in(item.items[0].text) : std::nullopt;
    if (!id || *id < next || (!entries.empty() && *id <= entries.back().id) ||
        item.items[1].items.size() % 2 != 0) {
      return reading.strange("XRANGE");
    }
    TRY_VOID(reading.hold(text_bytes(item) + kEntryCost));
    StreamEntry& entry = entries.emplace_back(StreamEntry{*id});
    entry.texts.reserve(item.items[1].items.size());
    for (Reply& text : item.items[1].items) entry.texts.push_back(std::move(text.text));
  }
  if (!entries.empty()) next = behind(entries.back().id);
  return entries;
}

Async<void> read_entries(ValueReading& reading, const StreamState& state, StreamContent& stream) {
  PageSize page(reading.options());
  StreamId next;
  while (stream.entries < state.length) {
    const uint64_t wanted = std::min(page.count(), state.length - stream.entries);
    Result<Reply> reply = co_await reading.ask(
        make_command("XRANGE", reading.key(), id_text(next), "+", "COUNT", std::to_string(wanted)),
        Reply::Kind::kArray);
    if (!reply) co_return tl::unexpected(reply.error());
    if (reply->items.size() > wanted) co_return reading.strange("XRANGE");
    if (reply->items.size() < wanted) co_return reading.changed();
    const uint64_t bytes = text_bytes(*reply);
    const auto entries = take_entries(reading, *reply, next);
    if (!entries) co_return tl::unexpected(entries.error());
    append_stream_node(stream, *entries);
    page.took(entries->size(), bytes);
  }
  co_return Result<void>();
}

Async<std::vector<StreamGroup>> ask_groups(ValueReading& reading) {
  const Result<Reply> reply =
      co_await reading.ask(make_command("XINFO", "GROUPS", reading.key()), Reply::Kind::kArray);
  if (!reply) co_return tl::unexpected(reply.error());
  std::vector<StreamGroup> groups;
  for (const Reply& facts : reply->items) {
    const auto name = text_of(facts, "name");
    const auto last = id_of(facts, "last-delivered-id");
    const auto pending = number_of(facts, "pending");
    if (!name || !last || !pending) co_return reading.strange("XINFO GROUPS");
    StreamGroup& group = groups.emplace_back();
    group.name = *name;
    group.last_delivered = *last;
    group.pending_count = *pending;
  }
  co_return groups;
}

Async<void> read_consumers(ValueReading& reading, StreamGroup& group) {
  const Result<Reply> reply = co_await reading.ask(
      make_command("XINFO", "CONSUMERS", reading.key(), group.name), Reply::Kind::kArray);
  if (!reply) co_return tl::unexpected(reply.error());
  for (const Reply& facts : reply->items) {
    const auto name = text_of(facts, "name");
    if (!name) co_return reading.strange("XINFO CONSUMERS");
    const Result<void> held = reading.hold(name->size() + kEntryCost);
    if (!held) co_return held;
    group.consumers.push_back(*name);
  }
  co_return Result<void>();
}

// The entries of a page of XPENDING: id, consumer, idle time, deliveries.
Result<void> take_pending(ValueReading& reading, Reply& page, StreamGroup& group) {
  for (Reply& item : page.items) {
    const std::optional<StreamId> id =
        item.items.size() >= 4 ? id_in(item.items[0].text) : std::nullopt;
    if (!id || (!group.pending.empty() && *id <= group.pending.back().id) ||
        item.items[3].kind != Reply::Kind::kInteger || item.items[3].integer < 0) {
      return reading.strange("XPENDING");
    }
    TRY_VOID(reading.hold(item.items[1].text.size() + kEntryCost));
    group.pending.push_back(
        {*id, std::move(item.items[1].text), static_cast<uint64_t>(item.items[3].integer)});
  }
  return {};
}

Async<void> read_pending(ValueReading& reading, StreamGroup& group) {
  PageSize page(reading.options());
  StreamId next;
  while (group.pending.size() < group.pending_count) {
    const uint64_t wanted = std::min(page.count(), group.pending_count - group.pending.size());
    Result<Reply> reply =
        co_await reading.ask(make_command("XPENDING", reading.key(), group.name, id_text(next), "+",
                                          std::to_string(wanted)),
                             Reply::Kind::kArray);
    if (!reply) co_return tl::unexpected(reply.error());
    if (reply->items.size() > wanted) co_return reading.strange("XPENDING");
    if (reply->items.size() < wanted) co_return reading.changed();
    const uint64_t bytes = text_bytes(*reply);
    const Result<void> taken = take_pending(reading, *reply, group);
    if (!taken) co_return taken;
    page.took(wanted, bytes);
    next = behind(group.pending.back().id);
  }
  if (!owners_are_known(group)) co_return reading.changed();
  co_return Result<void>();
}

bool is_same_group(const StreamGroup& one, const StreamGroup& other) {
  return one.name == other.name && one.last_delivered == other.last_delivered &&
         one.pending_count == other.pending_count;
}

// Whether all is as it was when reading began.
Async<void> check_unchanged(ValueReading& reading, const StreamState& state,
                            const std::vector<StreamGroup>& groups) {
  const Result<std::vector<StreamGroup>> groups_now = co_await ask_groups(reading);
  if (!groups_now) co_return tl::unexpected(groups_now.error());
  const Result<StreamState> state_now = co_await ask_state(reading);
  if (!state_now) co_return tl::unexpected(state_now.error());
  const bool is_same =
      *state_now == state && std::ranges::equal(*groups_now, groups, is_same_group);
  if (!is_same) co_return reading.changed();
  co_return Result<void>();
}

}  // namespace

Async<std::string> read_stream_pages(ValueReading& reading) {
  const Result<StreamState> state = co_await ask_state(reading);
  if (!state) co_return tl::unexpected(state.error());
  StreamContent stream;
  stream.last = state->last;
  Result<std::vector<StreamGroup>> groups = co_await ask_groups(reading);
  if (!groups) co_return tl::unexpected(groups.error());
  stream.groups = std::move(*groups);
  Result<void> done = co_await read_entries(reading, *state, stream);
  for (size_t i = 0; done && i < stream.groups.size(); ++i) {
    done = co_await read_consumers(reading, stream.groups[i]);
    if (done) done = co_await read_pending(reading, stream.groups[i]);
  }
  if (done) done = co_await check_unchanged(reading, *state, stream.groups);
  if (!done) co_return tl::unexpected(done.error());
  co_return stream_body(stream);
}

}  // namespace rdbproof
