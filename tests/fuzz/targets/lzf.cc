// LZF: the answers of liblzf, and its compressor's output comes back.
#include "engine/encoding/lzf.h"

#include <liblzf/lzf.h>

#include <memory>

#include "tests/fuzz/target.h"

namespace rdbproof::fuzz {
namespace {

// Exactly as much room as the contract asks for.
bool decompress(Bytes input, size_t size, std::string* plain) {
  const auto out = std::make_unique_for_overwrite<char[]>(size + kLzfSlack);
  const bool done = lzf_decompress(input, out.get(), size);
  if (plain != nullptr) plain->assign(out.get(), size);
  return done;
}

void check_against_library(Bytes input) {
  const size_t most = lzf_max_expansion(input.size());
  std::string expected(most, '\0');
  const size_t size = ::lzf_decompress(input.data(), static_cast<unsigned>(input.size()),
                                       expected.data(), static_cast<unsigned>(most));
  expected.resize(size);
  if (size == 0) {
    for (const size_t guess : {size_t{0}, size_t{1}, input.size(), most}) {
      FUZZ_CHECK(!decompress(input, guess, nullptr), "accepted what liblzf refuses");
    }
    return;
  }
  std::string plain;
  FUZZ_CHECK(decompress(input, size, &plain), "refused what liblzf accepts");
  FUZZ_CHECK(plain == expected, "other bytes than liblzf's");
  FUZZ_CHECK(!decompress(input, size - 1, nullptr), "accepted as shorter than it is");
  FUZZ_CHECK(!decompress(input, size + 1, nullptr), "accepted as longer than it is");
}

void check_round_trip(Bytes input) {
  std::string packed(input.size() + input.size() / 16 + 16, '\0');
  const size_t size = ::lzf_compress(input.data(), static_cast<unsigned>(input.size()),
                                     packed.data(), static_cast<unsigned>(packed.size()));
  if (size == 0) return;
  packed.resize(size);
  std::string plain;
  FUZZ_CHECK(input.size() <= lzf_max_expansion(size), "a larger expansion than there can be");
  FUZZ_CHECK(decompress(packed, input.size(), &plain) && plain == input, "it does not come back");
}

void run(Bytes input) {
  if (input.empty()) {
    FUZZ_CHECK(decompress(input, 0, nullptr) && !decompress(input, 1, nullptr), "of no bytes");
    return;
  }
  check_against_library(input);
  check_round_trip(input);
}

void seed(const Dump& dump, std::vector<std::string>& seeds) {
  for_each_string(dump, 4096, [&](const std::string& text) {
    std::string packed(text.size() + 16, '\0');
    packed.resize(::lzf_compress(text.data(), static_cast<unsigned>(text.size()), packed.data(),
                                 static_cast<unsigned>(packed.size())));
    if (!packed.empty()) seeds.push_back(packed);
  });
}

const Registration kTarget{{.name = "lzf", .run = run, .seed = seed}};

}  // namespace
}  // namespace rdbproof::fuzz
