#include "engine/fingerprint/digest_chains.h"

#include <numeric>

namespace rdbproof {

DigestChains::DigestChains() : inputs_(std::make_unique_for_overwrite<Sha1[]>(kMostInputs)) {
  chains_.reserve(kMostInputs);
  pairs_.reserve(kMostInputs);
  unfinished_.reserve(kMostInputs);
}

void DigestChains::begin(const Sha1& start, Sha1& result) {
  const auto next = static_cast<uint32_t>(input_count_);
  chains_.push_back({start, &result, nullptr, next, next});
}

void DigestChains::begin_element(Sha1& sum, const Sha1& mark) {
  const auto next = static_cast<uint32_t>(input_count_);
  chains_.push_back({{}, &sum, &mark, next, next});
}

Sha1& DigestChains::append_input() {
  ++chains_.back().end;
  return inputs_[input_count_++];
}

uint32_t DigestChains::add_input(Bytes data, Sha1Times times) {
  queue_.store(data, inputs_[input_count_], times);
  return static_cast<uint32_t>(input_count_++);
}

void DigestChains::add_pair(Bytes first, Bytes second, Sha1& sum) {
  const uint32_t start = add_input(first, Sha1Times::kTwice);
  pairs_.push_back({start, add_input(second, Sha1Times::kOnce), &sum});
}

void DigestChains::add_second(Bytes second, Sha1& sum) {
  const uint32_t start = pairs_.back().first;
  pairs_.push_back({start, add_input(second, Sha1Times::kOnce), &sum});
}

// By one input; false at its end.
bool DigestChains::advance(Chain& chain) {
  if (chain.next != chain.end) {
    exclude_or(chain.state, inputs_[chain.next++]);
    queue_.store(chain.state, chain.state);
    return true;
  }
  if (chain.mark == nullptr) {
    *chain.result = chain.state;
  } else {
    exclude_or(chain.state, *chain.mark);
    queue_.combine(chain.state, *chain.result);
  }
  return false;
}

void DigestChains::run() {
  queue_.run();
  for (const Pair& pair : pairs_) {
    Sha1 state = inputs_[pair.first];
    exclude_or(state, inputs_[pair.second]);
    queue_.combine(state, *pair.sum, Sha1Times::kTwice);
  }
  pairs_.clear();
  unfinished_.resize(chains_.size());
  std::iota(unfinished_.begin(), unfinished_.end(), 0);
  while (!unfinished_.empty()) {
    std::erase_if(unfinished_, [&](uint32_t i) { return !advance(chains_[i]); });
    queue_.run();
  }
  chains_.clear();
  input_count_ = 0;
}

}  // namespace rdbproof
