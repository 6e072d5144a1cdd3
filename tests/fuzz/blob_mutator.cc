#include "tests/fuzz/blob_mutator.h"

#include <cstring>
#include <limits>
#include <set>

#include "engine/encoding/intset.h"
#include "engine/encoding/listpack.h"
#include "engine/encoding/listpack_writer.h"
#include "engine/encoding/ziplist.h"
#include "engine/encoding/ziplist_writer.h"
#include "engine/encoding/zipmap.h"

namespace rdbproof::fuzz {
namespace {

using Texts = std::vector<std::string>;

// Nothing if the walker refuses the blob.
template <class Walker>
std::optional<Texts> entries_as(Bytes blob) {
  Texts texts;
  Walker walker(Blob{blob, 0, false});
  for (PackedValue item; walker.next(item);) {
    texts.push_back(item.is_integer ? std::to_string(item.integer) : std::string(item.text));
  }
  if (!walker.cursor().ok()) return std::nullopt;
  return texts;
}

std::optional<Texts> entries_of(BlobKind kind, Bytes blob) {
  switch (kind) {
    case BlobKind::kListpack:
      return entries_as<ListpackWalker>(blob);
    case BlobKind::kZiplist:
      return entries_as<ZiplistWalker>(blob);
    case BlobKind::kIntset:
      return entries_as<IntsetWalker>(blob);
    case BlobKind::kZipmap:
      return entries_as<ZipmapWalker>(blob);
  }
  return std::nullopt;
}

template <class Number>
void append_le(std::string& out, Number number) {
  char raw[sizeof number];
  std::memcpy(raw, &number, sizeof number);
  out.append(raw, sizeof number);
}

template <class Writer>
std::string build_with(const Texts& texts) {
  Writer writer;
  for (const std::string& text : texts) writer.append(text);
  return std::string(writer.finish());
}

std::string build_intset(const Texts& texts) {
  std::set<int64_t> numbers;
  for (const std::string& text : texts) {
    if (const auto number = canonical_integer(text)) numbers.insert(*number);
  }
  const auto fits = [&](int64_t least, int64_t most) {
    return numbers.empty() || (*numbers.begin() >= least && *numbers.rbegin() <= most);
  };
  const uint32_t width = fits(INT16_MIN, INT16_MAX) ? 2 : fits(INT32_MIN, INT32_MAX) ? 4 : 8;
  std::string out;
  append_le(out, width);
  append_le(out, static_cast<uint32_t>(numbers.size()));
  for (const int64_t number : numbers) {
    std::string raw;
    append_le(raw, number);
    out += raw.substr(0, width);
  }
  return out;
}

std::string zipmap_length(size_t length) {
  if (length < 254) return {static_cast<char>(length)};
  std::string out = "\xfe";
  append_le(out, static_cast<uint32_t>(length));
  return out;
}

std::string build_zipmap(const Texts& texts) {
  std::string out(1, static_cast<char>(std::min<size_t>(texts.size() / 2, 254)));
  for (size_t i = 0; i < texts.size(); ++i) {
    out += zipmap_length(texts[i].size());
    if (i % 2 == 1) out += '\0';  // no free bytes
    out += texts[i];
  }
  return out + "\xff";
}

std::string build(BlobKind kind, const Texts& texts) {
  switch (kind) {
    case BlobKind::kListpack:
      return build_with<ListpackWriter>(texts);
    case BlobKind::kZiplist:
      return build_with<ZiplistWriter>(texts);
    case BlobKind::kIntset:
      return build_intset(texts);
    case BlobKind::kZipmap:
      return build_zipmap(texts);
  }
  return {};
}

// What a header says of the size, and the end mark. Counts that say "count yourself".
void repair(BlobKind kind, std::string& blob) {
  const auto size = static_cast<uint32_t>(blob.size());
  const size_t header = kind == BlobKind::kListpack ? 6 : kind == BlobKind::kZiplist ? 10 : 0;
  if (kind == BlobKind::kZipmap && !blob.empty()) blob.back() = '\xff';
  if (kind == BlobKind::kIntset && blob.size() >= 8) {
    const auto width = std::max<uint32_t>(1, load_le<uint32_t>(blob.data()));
    const uint32_t count = (size - 8) / width;
    std::memcpy(blob.data() + 4, &count, sizeof count);
  }
  if (header == 0 || blob.size() <= header) return;
  std::memcpy(blob.data(), &size, sizeof size);
  std::memset(blob.data() + header - 2, 0xFF, 2);
  blob.back() = '\xff';
}

void change_entries(Texts& texts, Chooser& choose) {
  if (texts.empty() || choose.one_in(6)) {
    texts.push_back(choose.interesting_text());
  } else if (choose.one_in(2)) {
    shuffle_items(texts, choose);
  } else {
    std::string& text = choose.pick(texts);
    text = choose.one_in(2) ? choose.interesting_text() : choose.change_bytes(text);
  }
}

}  // namespace

std::optional<BlobKind> kind_of_blob(Bytes blob) {
  for (const BlobKind kind :
       {BlobKind::kListpack, BlobKind::kZiplist, BlobKind::kIntset, BlobKind::kZipmap}) {
    if (entries_of(kind, blob)) return kind;
  }
  return std::nullopt;
}

std::string change_blob(BlobKind kind, Bytes blob, Chooser& choose) {
  std::optional<Texts> entries = entries_of(kind, blob);
  if (!entries || choose.one_in(2)) {
    std::string out = choose.change_bytes(blob);
    if (!choose.one_in(4)) repair(kind, out);
    return out;
  }
  for (uint64_t changes = 1 + choose.below(3); changes > 0; --changes) {
    change_entries(*entries, choose);
  }
  return build(kind, *entries);
}

std::string change_text(Bytes text, Chooser& choose) {
  const std::optional<BlobKind> kind = kind_of_blob(text);
  if (kind && !choose.one_in(5)) return change_blob(*kind, text, choose);
  return choose.one_in(3) ? choose.interesting_text() : choose.change_bytes(text);
}

}  // namespace rdbproof::fuzz
