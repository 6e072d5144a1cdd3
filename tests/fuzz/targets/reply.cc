// Replies of a server, which may be anybody's: what they are read as does not depend on the pieces
// they come in, and takes no more memory than there are bytes.
#include "engine/resp/reply.h"

#include <string>

#include "tests/fuzz/target.h"

namespace rdbproof::fuzz {
namespace {

ReplyLimits limits() {
  ReplyLimits result;
  result.max_bulk_bytes = 1 << 16;
  result.max_reply_bytes = 1 << 17;
  result.max_items = 1 << 12;
  result.max_depth = 8;
  return result;
}

void put(const Reply& reply, std::string& out) {
  out += static_cast<char>('a' + static_cast<int>(reply.kind));
  out += std::to_string(reply.text.size()) + ":" + reply.text + std::to_string(reply.integer) + "(";
  for (const Reply& item : reply.items) put(item, out);
  out += ')';
}

// Of all replies; the last word is whether they ended in an error.
std::string outcome(Bytes input, size_t piece) {
  ReplyParser parser(limits());
  std::string out;
  std::string unread;
  while (!input.empty()) {
    const Bytes next = input.substr(0, piece);
    input.remove_prefix(next.size());
    unread += next;
    while (true) {
      const Result<size_t> used = parser.feed(unread);
      if (!used) return out + "error";
      FUZZ_CHECK(*used <= unread.size(), "more was taken than there is");
      unread.erase(0, *used);
      if (!parser.is_complete()) break;
      put(parser.take(), out);
    }
    FUZZ_CHECK(parser.wanted() > 0, "it waits for nothing");
  }
  return out;
}

void run(Bytes input) {
  const std::string whole = outcome(input, input.size() + 1);
  for (const size_t piece : {size_t{1}, size_t{2}, size_t{7}}) {
    // Pieces may end before what is wrong was seen, or a line is too long for the rest.
    FUZZ_CHECK(outcome(input, piece) == whole, "the pieces change the replies");
  }
}

void seed(const Dump& /*dump*/, std::vector<std::string>& seeds) {
  seeds = {"+OK\r\n-ERR x\r\n:1\r\n$3\r\nabc\r\n*2\r\n$1\r\na\r\n*0\r\n$-1\r\n*-1\r\n",
           "%1\r\n+a\r\n:1\r\n~1\r\n#t\r\n_\r\n,1.5\r\n=5\r\ntxt:a\r\n",
           "*2\r\n$1\r\n0\r\n*3\r\n$1\r\na\r\n$1\r\nb\r\n$1\r\nc\r\n"};
}

const Registration kTarget{{.name = "reply", .run = run, .seed = seed}};

}  // namespace
}  // namespace rdbproof::fuzz
