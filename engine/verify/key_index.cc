#include "engine/verify/key_index.h"

#include "engine/scan/run_with_threads.h"
#include "engine/verify/find_repeated.h"

namespace rdbproof {
namespace {

// Fewer than these share a run with those of other parts: a run has a place for each bucket.
constexpr size_t kFewestInRun = 2048;

}  // namespace

void KeyNameCollector::seal(std::vector<Uint128>& hashes) {
  names_.runs_.push_back({MarkRun(hashes, slabs_), &hashes == &nameless_});
  hashes.clear();
}

void KeyNameCollector::seal_rest(std::vector<Uint128>& hashes, std::vector<Uint128>& few) {
  if (hashes.size() >= kFewestInRun) return seal(hashes);
  few.assign(hashes.begin(), hashes.end());
  hashes.clear();
}

KeyNames KeyNameCollector::take() {
  seal_rest(nameless_, names_.nameless_);
  seal_rest(named_, names_.named_);
  return std::exchange(names_, KeyNames());
}

void KeyIndex::absorb(KeyNames&& names, uint64_t database) {
  if (failure_) return;
  const Uint128 bits = database_bits(database);
  for (KeyNames::Run& run : names.runs_) {
    if (run.nameless) run.marks.flip(bits);
    add(std::move(run.marks));
  }
  add_few(names.nameless_, bits);
  add_few(names.named_, 0);
}

void KeyIndex::add_few(const std::vector<Uint128>& hashes, Uint128 flipped) {
  constexpr size_t kEnoughForRun = size_t{1} << 14;
  for (const Uint128 hash : hashes) few_.push_back(hash ^ flipped);
  if (few_.size() < kEnoughForRun) return;
  add(MarkRun(few_, slabs_));
  few_.clear();
}

void KeyIndex::add(MarkRun run) {
  if (failure_) return;
  const Result<void> added = index_.add(std::move(run));
  if (!added) fail_with(added.error());
}

void KeyIndex::fail_with(const Error& error) {
  failure_ = error.message;
  index_.clear();
}

Repetitions KeyIndex::find_repeated(unsigned threads) {
  if (!failure_ && !few_.empty()) add(MarkRun(few_, slabs_));
  if (failure_) return Repetitions();
  Result<Repetitions> found;
  run_with_threads(threads, [&] { found = rdbproof::find_repeated(index_); });
  index_.clear();
  if (found) return std::move(*found);
  fail_with(found.error());
  return Repetitions();
}

}  // namespace rdbproof
