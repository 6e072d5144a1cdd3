#include "tests/fuzz/dump.h"

#include "engine/rdb/framer.h"
#include "engine/rdb/module_tokens.h"
#include "engine/rdb/prologue.h"

namespace rdbproof::fuzz {
namespace {

// Interprets the text of a layout, see engine/rdb/layout.h.
class LayoutReader {
 public:
  LayoutReader(std::string_view layout, Cursor& in, std::vector<Token>& tokens)
      : layout_(layout), in_(in), tokens_(tokens) {}

  // False: the layout has words.
  bool read() { return read_range(0, layout_.size()); }

 private:
  // Index of the parenthesis that closes the group whose text begins at `i`.
  size_t closing(size_t i) const {
    for (int depth = 1; i < layout_.size(); ++i) {
      if (layout_[i] == '(') ++depth;
      if (layout_[i] == ')' && --depth == 0) break;
    }
    return i;
  }

  bool read_range(size_t begin, size_t end) {
    for (size_t i = begin; i < end && in_; ++i) {
      if (layout_[i] == '*') {
        const size_t close = closing(i + 2);
        if (!read_group(i + 2, close)) return false;
        i = close;
      } else if (!read_letter(layout_[i])) {
        return false;
      }
    }
    return true;
  }

  bool read_group(size_t begin, size_t end) {
    const size_t at = tokens_.size();
    const size_t from = in_.offset();
    const uint64_t count = read_length(in_);
    tokens_.push_back({Token::Kind::kCount, from, in_.offset(), {}});
    for (uint64_t i = 0; i < count && in_; ++i) {
      tokens_[at].items.push_back(in_.offset());
      if (!read_range(begin, end)) return false;
    }
    tokens_[at].items.push_back(in_.offset());
    return true;
  }

  bool read_letter(char letter) {
    const size_t from = in_.offset();
    Token::Kind kind = Token::Kind::kRaw;
    switch (letter) {
      case 'L':
        read_length(in_);
        kind = Token::Kind::kLength;
        break;
      case 'S':
        skip_string(in_);
        kind = Token::Kind::kString;
        break;
      case 'D':
        skip_text_double(in_);
        break;
      case '1':
      case '4':
      case '8':
        in_.skip(static_cast<uint64_t>(letter - '0'));
        break;
      case 'G':
        in_.skip(16);
        break;
      case 'M':
        read_length(in_);
        skip_module_tokens(in_);
        break;
      case 'T':
        skip_module_tokens(in_);
        break;
      default:
        return false;
    }
    tokens_.push_back({kind, from, in_.offset(), {}});
    return true;
  }

  std::string_view layout_;
  Cursor& in_;
  std::vector<Token>& tokens_;
};

// Attributes stand before the row that a record is named by.
Record record_at(const FileContext& file, Bytes frame) {
  Record record{nullptr, frame, frame};
  for (;;) {
    record.row = file.rows[static_cast<uint8_t>(record.bytes[0])];
    const bool attribute = record.row->role == RowRole::kAttribute;
    if (!attribute) return record;
    Cursor in(record.bytes, 0);
    in.skip(1);
    record.row->skip(in, file);
    if (!in || in.at_end()) return record;
    record.bytes.remove_prefix(in.offset());
  }
}

}  // namespace

std::vector<Token> tokens_of(const RdbRow& row, Bytes record) {
  std::vector<Token> tokens;
  Cursor in(record, 0);
  in.skip(1);
  const std::string layout = std::string(row.role == RowRole::kValue ? "S" : "").append(row.layout);
  const bool known = LayoutReader(layout, in, tokens).read();
  if (!known || !in) return {};
  return tokens;
}

std::string text_of(Bytes record, const Token& token) {
  constexpr uint64_t kMostBytes = uint64_t{1} << 20;
  Limits limits;
  limits.max_decompressed_bytes = kMostBytes;
  TextArena arena;
  Cursor in(record.substr(token.begin, token.end - token.begin), 0);
  return std::string(read_string(in, arena, limits).text);
}

Dump::Dump(Bytes whole_file) : bytes(whole_file) {
  Prologue prologue = read_prologue(bytes, true, Limits());
  if (prologue.state != PrologueState::kRead) return;
  file = std::move(prologue.file);
  records_end = kHeaderBytes;
  read_records();
}

Dump::Dump(const FileContext& context, Bytes records_alone) : bytes(records_alone), file(context) {
  read_records();
}

void Dump::read_records() {
  readable = true;
  while (records_end < bytes.size()) {
    const Bytes rest = bytes.substr(records_end);
    const Framing framing = frame_records(file, rest, records_end, true, 1);
    ended = framing.end_seen;
    if (framing.length == 0 || ended) return;
    records.push_back(record_at(file, rest.substr(0, framing.length)));
    records_end += framing.length;
  }
}

}  // namespace rdbproof::fuzz
