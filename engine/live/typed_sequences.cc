// Strings and lists.
#include "engine/live/value_reading.h"
#include "engine/rdb/writer.h"

namespace rdbproof {
namespace {

constexpr uint8_t kString = 0;
constexpr uint8_t kList = 1;

// Appends the string, which has this length, to `out`.
Async<void> append_ranges(ValueReading& reading, uint64_t length, std::string& out) {
  const uint64_t page = std::max<uint64_t>(reading.options().page_bytes, 1);
  while (out.size() < length) {
    const uint64_t wanted = std::min(page, length - out.size());
    const std::string first = std::to_string(out.size());
    const std::string last = std::to_string(out.size() + wanted - 1);
    const Result<Reply> range = co_await reading.ask(
        make_command("GETRANGE", reading.key(), first, last), Reply::Kind::kBulk);
    if (!range) co_return tl::unexpected(range.error());
    if (range->text.size() > wanted) co_return reading.strange("GETRANGE");
    if (range->text.size() < wanted) co_return reading.changed();
    const Result<void> held = reading.hold(wanted);
    if (!held) co_return held;
    out += range->text;
  }
  co_return Result<void>();
}

// Appends all items in their RDB form and counts them.
Async<uint64_t> append_items(ValueReading& reading, uint64_t length, std::string& out) {
  PageSize page(reading.options());
  uint64_t items = 0;
  while (items < length) {
    const uint64_t wanted = std::min(page.count(), length - items);
    const std::string first = std::to_string(items);
    const std::string last = std::to_string(items + wanted - 1);
    const Result<Reply> range = co_await reading.ask(
        make_command("LRANGE", reading.key(), first, last), Reply::Kind::kArray);
    if (!range) co_return tl::unexpected(range.error());
    if (range->items.size() > wanted) co_return reading.strange("LRANGE");
    if (range->items.size() < wanted) co_return reading.changed();
    const uint64_t bytes = text_bytes(*range);
    const Result<void> held = reading.hold(bytes + wanted);
    if (!held) co_return tl::unexpected(held.error());
    RdbWriter writer(out, {.checksum = false});
    for (const Reply& item : range->items) writer.string(item.text);
    page.took(wanted, bytes);
    items += wanted;
  }
  co_return items;
}

}  // namespace

Async<std::string> read_string_pages(ValueReading& reading) {
  const Result<uint64_t> before = co_await reading.ask_count(make_command("STRLEN", reading.key()));
  if (!before) co_return tl::unexpected(before.error());
  std::string text;
  const Result<void> read = co_await append_ranges(reading, *before, text);
  if (!read) co_return tl::unexpected(read.error());
  // What is not there has no bytes either.
  const char* const question = text.empty() ? "EXISTS" : "STRLEN";
  const Result<uint64_t> after = co_await reading.ask_count(make_command(question, reading.key()));
  if (!after) co_return tl::unexpected(after.error());
  if (*after != (text.empty() ? 1 : *before)) co_return reading.changed();
  std::string body;
  RdbWriter writer(body, {.checksum = false});
  writer.byte(kString);
  writer.string(text);
  co_return body;
}

Async<std::string> read_list_pages(ValueReading& reading) {
  const Result<uint64_t> before = co_await reading.ask_count(make_command("LLEN", reading.key()));
  if (!before) co_return tl::unexpected(before.error());
  if (*before == 0) co_return reading.changed();
  std::string body;
  RdbWriter writer(body, {.checksum = false});
  writer.byte(kList);
  writer.length(*before);
  const Result<uint64_t> items = co_await append_items(reading, *before, body);
  if (!items) co_return tl::unexpected(items.error());
  const Result<uint64_t> after = co_await reading.ask_count(make_command("LLEN", reading.key()));
  if (!after) co_return tl::unexpected(after.error());
  if (*after != *before || *items != *before) co_return reading.changed();
  co_return body;
}

}  // namespace rdbproof
