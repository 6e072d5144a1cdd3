#include "engine/diff/edit_script.h"

#include <algorithm>
#include <utility>

namespace rdbproof {
namespace {

using Items = std::span<const uint32_t>;

// E. W. Myers, An O(ND) Difference Algorithm and Its Variations (1986). A diagonal k holds the
// points x - y = k; after d edits only those of d's parity within -d .. d can be reached.
class MyersSearch {
 public:
  MyersSearch(Items a, Items b) : a_(a), b_(b) {}

  // Whether b is reached within `most_edits`.
  bool run(size_t most_edits) {
    const auto most = static_cast<int64_t>(std::min(most_edits, a_.size() + b_.size()));
    for (int64_t edits = 0; edits <= most; ++edits) {
      reached_.emplace_back(static_cast<size_t>(edits) + 1);
      for (int64_t diagonal = -edits; diagonal <= edits; diagonal += 2) {
        const int64_t x = follow(start_of(edits, diagonal), diagonal);
        at(edits, diagonal) = static_cast<int32_t>(x);
        if (x >= size(a_) && x - diagonal >= size(b_)) return true;
      }
    }
    return false;
  }

  // After a run() that was true: the edits on the way back from the end.
  EditScript script() {
    EditScript script{std::vector<bool>(a_.size()), std::vector<bool>(b_.size())};
    int64_t diagonal = size(a_) - size(b_);
    for (int64_t edits = size(reached_) - 1; edits > 0; --edits) {
      const bool adds = is_addition(edits, diagonal);
      const int64_t x = start_of(edits, diagonal);
      if (adds) {
        script.added[static_cast<size_t>(x - diagonal - 1)] = true;
      } else {
        script.removed[static_cast<size_t>(x - 1)] = true;
      }
      diagonal += adds ? 1 : -1;
    }
    return script;
  }

 private:
  template <typename T>
  static int64_t size(const T& items) {
    return static_cast<int64_t>(items.size());
  }

  int32_t& at(int64_t edits, int64_t diagonal) {
    return reached_[static_cast<size_t>(edits)][static_cast<size_t>((diagonal + edits) / 2)];
  }
  // Whether the last edit on the way to this diagonal adds an item of b.
  bool is_addition(int64_t edits, int64_t diagonal) {
    if (diagonal == -edits) return true;
    if (diagonal == edits) return false;
    return at(edits - 1, diagonal - 1) < at(edits - 1, diagonal + 1);
  }
  // Right behind that edit.
  int64_t start_of(int64_t edits, int64_t diagonal) {
    if (edits == 0) return 0;
    return is_addition(edits, diagonal) ? at(edits - 1, diagonal + 1)
                                        : at(edits - 1, diagonal - 1) + 1;
  }
  // Past what is equal. Points outside of both sequences lead nowhere.
  int64_t follow(int64_t x, int64_t diagonal) const {
    while (x < size(a_) && x - diagonal < size(b_) &&
           a_[static_cast<size_t>(x)] == b_[static_cast<size_t>(x - diagonal)]) {
      ++x;
    }
    return x;
  }

  Items a_;
  Items b_;
  std::vector<std::vector<int32_t>> reached_;  // by edits: the furthest x of each diagonal
};

}  // namespace

std::optional<EditScript> find_edit_script(Items a, Items b, size_t most_edits) {
  const bool is_swapped = std::ranges::lexicographical_compare(b, a);
  if (is_swapped) std::swap(a, b);
  MyersSearch search(a, b);
  if (!search.run(most_edits)) return std::nullopt;
  EditScript script = search.script();
  if (is_swapped) std::swap(script.removed, script.added);
  return script;
}

}  // namespace rdbproof
