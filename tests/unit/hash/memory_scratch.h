// Storage for marks in tests: a budget, and a disk that may be full.
#pragma once

#include <atomic>
#include <cstring>
#include <string>

#include "engine/hash/mark_index.h"

namespace rdbproof::test {

inline Uint128 hash_of(uint64_t number) {
  return hash128({reinterpret_cast<const char*>(&number), sizeof number});
}

// In memory; fails with "no room" beyond `room` bytes that all scratches of one test share, and
// with "cannot read" where reading was broken.
class TestStorage {
 public:
  explicit TestStorage(uint64_t budget, int64_t room = int64_t{1} << 40,
                       uint64_t table_bytes = uint64_t{1} << 20)
      : memory_(budget), room_(room), storage_{memory_, [this] { return open(); }, table_bytes} {}

  const MarkStorage& storage() const { return storage_; }
  MemoryBudget& memory() { return memory_; }
  uint64_t written() const { return written_; }
  void break_reading() { broken_ = true; }

 private:
  class MemoryScratch final : public Scratch {
   public:
    explicit MemoryScratch(TestStorage& owner) : owner_(owner) {}
    Result<void> append(Bytes data) override {
      owner_.room_ -= static_cast<int64_t>(data.size());
      if (owner_.room_ < 0) return fail("no room");
      owner_.written_ += data.size();
      data_ += data;
      return {};
    }
    uint64_t size() const override { return data_.size(); }
    Result<void> read(uint64_t offset, char* into, size_t size) const override {
      if (owner_.broken_) return fail("cannot read");
      std::memcpy(into, data_.data() + offset, size);
      return {};
    }

   private:
    TestStorage& owner_;
    std::string data_;
  };

  Result<std::unique_ptr<Scratch>> open() {
    if (room_ <= 0) return fail("no room");
    return std::unique_ptr<Scratch>(new MemoryScratch(*this));
  }

  MemoryBudget memory_;
  std::atomic<int64_t> room_;
  std::atomic<uint64_t> written_ = 0;
  std::atomic<bool> broken_ = false;
  MarkStorage storage_;
};

}  // namespace rdbproof::test
