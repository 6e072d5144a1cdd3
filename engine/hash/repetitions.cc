#include "engine/hash/repetitions.h"

#include <algorithm>

namespace rdbproof {

void Repetitions::keep(const Mark& mark) {
  if (dropped_ && mark > highest_) return;
  marks_.push_back(mark);
  if (marks_.size() >= 2 * kMostKept) tidy();
}

void Repetitions::add(const Mark& mark) {
  ++total_;
  keep(mark);
}

void Repetitions::merge(Repetitions&& other) {
  total_ += other.total_;
  other.tidy();
  // What `other` dropped is above its highest, and there are enough below.
  for (const Mark& mark : other.marks_) keep(mark);
  dropped_ |= other.dropped_;
  tidy();
}

void Repetitions::tidy() {
  std::ranges::sort(marks_);
  const auto rest = std::ranges::unique(marks_);
  marks_.erase(rest.begin(), rest.end());
  if (marks_.size() > kMostKept) {
    marks_.resize(kMostKept);
    dropped_ = true;
  }
  if (dropped_) highest_ = marks_.back();
}

const std::vector<Mark>& Repetitions::marks() {
  tidy();
  return marks_;
}

bool Repetitions::kept_all() {
  tidy();
  return !dropped_;
}

}  // namespace rdbproof
