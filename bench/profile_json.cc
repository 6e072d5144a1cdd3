// Compressing every document takes longer than writing it, and the back references of an LZF
// stream count from where they stand, so streams may be joined: the joint stream expands to the
// joint text. A document is a fresh head, then pieces that liblzf compressed once, drawn at random.
// So a reader meets the short matches that a real compressor makes, in documents that all differ.
#include <fmt/format.h>
#include <liblzf/lzf.h>

#include <algorithm>
#include <string>
#include <vector>

#include "bench/profile.h"

namespace rdbproof::bench {
namespace {

constexpr uint8_t kString = 0;
constexpr size_t kPieces = 4096;
constexpr size_t kLongestLiteral = 32;

struct Piece {
  std::string compressed;
  size_t plain_length;
};

std::string letters(Random& random, size_t length) {
  std::string text(length + 8, ' ');
  random.letters(text.data(), length);
  text.resize(length);
  return text;
}

void append_literals(std::string& stream, Bytes text) {
  while (!text.empty()) {
    const Bytes run = text.substr(0, kLongestLiteral);
    stream.push_back(static_cast<char>(run.size() - 1));
    stream.append(run);
    text.remove_prefix(run.size());
  }
}

Piece make_piece(Random& random) {
  std::string text;
  for (uint64_t left = random.between(2, 10); left > 0; --left) {
    text += fmt::format(
        R"({{"sku":"{}","quantity":{},"unit_price":{}.{:02},"currency":"EUR","description":"{}",)"
        R"("in_stock":{},"category":"{}"}},)",
        letters(random, 8), random.below(20), random.below(1000), random.below(100),
        letters(random, random.between(6, 20)), random.one_in(4) ? "false" : "true",
        random.one_in(2) ? "household" : "electronics");
  }
  Piece piece{std::string(text.size(), '\0'), text.size()};
  const unsigned size =
      lzf_compress(text.data(), static_cast<unsigned>(text.size()), piece.compressed.data(),
                   static_cast<unsigned>(text.size() - 1));
  piece.compressed.resize(size);
  if (size == 0) append_literals(piece.compressed, text);
  return piece;
}

class JsonDocuments : public Profile {
 public:
  explicit JsonDocuments(uint64_t seed) {
    Random random(mix(seed));
    pieces_.reserve(kPieces);
    while (pieces_.size() < kPieces) pieces_.push_back(make_piece(random));
  }

  void emit(Emitter& emit, uint64_t number, uint64_t) const override {
    emit.key(kString, "order:", number);
    std::string& stream = emit.work.blob;
    stream.clear();
    size_t plain_length = 0;
    const auto literal = [&](Bytes text) {
      append_literals(stream, text);
      plain_length += text.size();
    };
    char user[24];
    emit.random.letters(user, sizeof user);
    literal(R"({"id":")");
    literal(emit.name("").digits(number, 8));
    literal(R"(","customer":")");
    literal(Bytes(user, sizeof user));
    literal(R"(","items":[)");
    const uint64_t wanted = emit.random.between(kShortest, kLongest);
    while (plain_length < wanted) {
      const Piece& piece = pieces_[emit.random.below(kPieces)];
      stream += piece.compressed;
      plain_length += piece.plain_length;
    }
    literal("{}]}");
    emit.out.lzf_string(stream, plain_length);
  }
  uint64_t block_numbers() const override { return 1024; }

 private:
  // Of the text before the last piece begins, so that documents have 1 to 4 KiB.
  static constexpr uint64_t kShortest = 750;
  static constexpr uint64_t kLongest = 3300;

  std::vector<Piece> pieces_;
};

}  // namespace

std::unique_ptr<Profile> make_json_profile(uint64_t seed) {
  return std::make_unique<JsonDocuments>(seed);
}

}  // namespace rdbproof::bench
