// One accumulator a database, for events that name the database long before the keys it holds.
#pragma once

#include <cstdint>
#include <map>

namespace rdbproof {

// T needs merge(const T&), associative and commutative. A part that begins in the middle of a file
// does not know its first database: what comes before its first select() is kept nameless, until
// the part before it absorbs this one.
template <class T>
class ByDatabase {
 public:
  ByDatabase() = default;
  // Moving keeps what current_ points to, copying would not.
  ByDatabase(ByDatabase&&) noexcept = default;
  ByDatabase& operator=(ByDatabase&&) noexcept = default;

  // Takes no memory for a database until something is in it.
  void select(uint64_t database) {
    selected_ = true;
    selected_database_ = database;
    current_ = nullptr;
  }

  // Where what comes now belongs.
  T& current() {
    if (current_ != nullptr) return *current_;
    if (!selected_) {
      nameless_used_ = true;
      return nameless_;
    }
    current_ = &named_[selected_database_];
    return *current_;
  }

  // Appends what follows in the file.
  void absorb(const ByDatabase& next) {
    if (next.nameless_used_) current().merge(next.nameless_);
    for (const auto& [database, part] : next.named_) named_[database].merge(part);
    if (next.selected_) select(next.selected_database_);
  }

  // Adds what is not from the same file, and whole.
  void merge(const ByDatabase& other) {
    for (const auto& [database, part] : other.named_) named_[database].merge(part);
  }

  // By database, ascending. Complete once the first part of the file had its select().
  const std::map<uint64_t, T>& databases() const { return named_; }

 private:
  T nameless_{};
  std::map<uint64_t, T> named_;
  bool nameless_used_ = false;
  T* current_ = nullptr;  // into named_, once it was asked for
  bool selected_ = false;
  uint64_t selected_database_ = 0;
};

}  // namespace rdbproof
