#include "engine/live/read_state.h"

#include "engine/hash/key_hash.h"

namespace rdbproof {
namespace {

constexpr size_t kMostUnreadable = 1000;

}  // namespace

void ReadState::add_unreadable(uint64_t database, const std::string& name, std::string why) {
  ++facts.unreadable_total;
  if (facts.unreadable.size() == kMostUnreadable) return;
  facts.unreadable.push_back({database, name, std::move(why)});
}

bool ReadState::is_new(uint64_t database, const std::string& name) {
  switch (seen.add(Mark(hash128(name) ^ database_bits(database)))) {
    case MarkTable::Answer::kMet:
      ++facts.met_again;
      return false;
    case MarkTable::Answer::kFull:
      all_seen = false;
      return true;
    case MarkTable::Answer::kNew:
      break;
  }
  return true;
}

}  // namespace rdbproof
