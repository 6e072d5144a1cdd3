#include "engine/live/read_state.h"

#include "engine/hash/key_hash.h"

namespace rdbproof {
namespace {

constexpr size_t kMostUnreadable = 1000;
constexpr uint64_t kMostMovedBytes = uint64_t{32} << 20;

}  // namespace

void ReadState::add_moved(uint64_t database, const std::string& name) {
  moved_bytes_ += sizeof(ServerSource::AskedKey) + name.size();
  moved_is_full = moved_is_full || moved_bytes_ > kMostMovedBytes;
  if (!moved_is_full) moved.push_back({database, name});
}

void ReadState::add_unreadable(uint64_t database, const std::string& name, std::string why) {
  ++facts.unreadable_total;
  if (facts.unreadable.size() == kMostUnreadable) return;
  facts.unreadable.push_back({database, name, std::move(why)});
}

bool ReadState::is_new(uint64_t database, const std::string& name) {
  const bool was_met =
      seen.add(Mark(hash128(name) ^ database_bits(database))) == MarkTable::Answer::kMet;
  facts.met_again += was_met;
  return !was_met;
}

}  // namespace rdbproof
