#include "tests/fuzz/record_mutator.h"

#include "engine/rdb/writer.h"
#include "tests/fuzz/blob_mutator.h"

namespace rdbproof::fuzz {
namespace {

std::string replaced(Bytes record, size_t begin, size_t end, Bytes by) {
  return std::string(record.substr(0, begin)).append(by).append(record.substr(end));
}

// As LZF that compresses nothing: runs of literal bytes.
std::string literal_lzf(Bytes text) {
  constexpr size_t kLongestRun = 32;
  std::string out;
  for (; !text.empty(); text.remove_prefix(std::min(kLongestRun, text.size()))) {
    const Bytes part = text.substr(0, kLongestRun);
    out += static_cast<char>(part.size() - 1);
    out += part;
  }
  return out;
}

std::string as_string(Bytes text, Chooser& choose) {
  std::string out;
  RdbWriter writer(out);
  switch (choose.below(8)) {
    case 0:
      writer.lzf_string(literal_lzf(text), text.size());
      break;
    case 1:
      writer.string(text);
      break;
    default:
      writer.plain_string(text);
  }
  return out;
}

// One of what `count` counts is erased, doubled or swapped with another; the count follows.
std::string change_group(Bytes record, const Token& count, Chooser& choose) {
  std::vector<Bytes> items;
  for (size_t i = 0; i + 1 < count.items.size(); ++i) {
    items.push_back(record.substr(count.items[i], count.items[i + 1] - count.items[i]));
  }
  if (items.empty()) return choose.change_bytes(record);
  shuffle_items(items, choose);
  std::string out(record.substr(0, count.begin));
  out += choose.length(items.size());
  for (const Bytes item : items) out += item;
  return out.append(record.substr(count.items.back()));
}

std::string change_token(Bytes record, const Token& token, Chooser& choose) {
  switch (token.kind) {
    case Token::Kind::kString:
      return replaced(record, token.begin, token.end,
                      as_string(change_text(text_of(record, token), choose), choose));
    case Token::Kind::kCount:
      if (!choose.one_in(5)) return change_group(record, token, choose);
      [[fallthrough]];
    case Token::Kind::kLength:
      return replaced(record, token.begin, token.end, choose.length(choose.interesting_number()));
    case Token::Kind::kRaw:
      return replaced(record, token.begin, token.end,
                      choose.change_bytes(record.substr(token.begin, token.end - token.begin)));
  }
  return {};
}

// Another type whose value has the same layout.
std::string change_type(const RdbRow& row, Bytes record, Chooser& choose) {
  std::vector<uint8_t> types;
  for (const RdbRow& other : grammar_rows()) {
    if (other.role == row.role && other.layout == row.layout) types.push_back(other.byte);
  }
  std::string out(record);
  out[0] = static_cast<char>(choose.pick(types));
  return out;
}

}  // namespace

std::string Chooser::length(uint64_t number) {
  std::string out;
  RdbWriter writer(out);
  constexpr uint64_t kLongest32 = 0xFFFFFFFF;
  if (one_in(8) && number <= kLongest32) {
    writer.byte(0x80);
    for (const int shift : {24, 16, 8, 0}) writer.byte(static_cast<uint8_t>(number >> shift));
  } else {
    writer.length(number);
  }
  return out;
}

std::string change_record(const RdbRow& row, Bytes record, Chooser& choose) {
  std::string out(record);
  for (uint64_t changes = 1 + choose.below(3); changes > 0; --changes) {
    const std::vector<Token> tokens = tokens_of(row, out);
    if (choose.one_in(20)) {
      out = change_type(row, out, choose);
    } else if (tokens.empty() || choose.one_in(10)) {
      out = choose.change_bytes(out);
    } else {
      out = change_token(out, choose.pick(tokens), choose);
    }
    if (out.empty()) return out;
  }
  return out;
}

std::string mutate_value(const RdbRow& row, Bytes value, const Mutation& mutation) {
  Chooser choose(mutation);
  constexpr Bytes kName("\x01k", 2);
  std::string record(1, static_cast<char>(row.byte));
  record.append(kName).append(value);
  const std::string changed = change_record(row, record, choose);
  // The name is not part of the input.
  Cursor in(changed, 0);
  in.skip(1);
  skip_string(in);
  return std::string(in.rest());
}

}  // namespace rdbproof::fuzz
