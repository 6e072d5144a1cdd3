// In which order a file selects its databases.
#pragma once

#include <cstdint>
#include <optional>

namespace rdbproof {

struct SelectedDatabase {
  uint64_t number;
  uint64_t offset;  // of the record that selects it
};

// Servers write every database once, ascending.
class DatabaseOrder {
 public:
  void add(const SelectedDatabase& selected) {
    if (!first_) first_ = selected;
    if (!highest_ || selected.number > highest_->number) {
      highest_ = selected;
    } else if (!disorder_) {
      disorder_ = selected;
    }
  }

  // Appends what follows in the file.
  void absorb(const DatabaseOrder& next) {
    if (!next.first_) return;
    if (!disorder_) {
      const bool is_behind = highest_ && next.first_->number <= highest_->number;
      disorder_ = is_behind ? next.first_ : next.disorder_;
    }
    if (!first_) first_ = next.first_;
    if (!highest_ || next.highest_->number > highest_->number) highest_ = next.highest_;
  }

  // The first that is selected twice, or after a higher one.
  const std::optional<SelectedDatabase>& disorder() const { return disorder_; }
  const std::optional<SelectedDatabase>& highest() const { return highest_; }

 private:
  std::optional<SelectedDatabase> first_;
  std::optional<SelectedDatabase> highest_;
  std::optional<SelectedDatabase> disorder_;
};

}  // namespace rdbproof
