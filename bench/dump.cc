#include "bench/dump.h"

#include <tbb/global_control.h>
#include <tbb/parallel_pipeline.h>

#include <algorithm>
#include <atomic>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace rdbproof::bench {
namespace {

constexpr uint64_t kNoLimit = std::numeric_limits<uint64_t>::max();
constexpr uint64_t kFooterBytes = 9;
constexpr Bytes kCreationTime = "1750000000";

Bytes server_version(unsigned rdb_version) {
  switch (rdb_version) {
    case 9:
      return "6.2.14";
    case 10:
      return "7.0.15";
    case 11:
      return "7.2.5";
    default:
      return "7.4.1";
  }
}

struct Block {
  explicit Block(unsigned version) : work(version) {}

  uint64_t index = 0;
  uint64_t keys = 0;
  uint64_t expiring = 0;
  std::string bytes;
  Workspace work;
};

class BlockMaker {
 public:
  explicit BlockMaker(const DumpPlan& plan) : plan_(plan) {}

  // The contents depend on the plan and the index only; with a limit they are cut behind the
  // first record that reaches it.
  void fill(Block& block, uint64_t index, uint64_t limit) const {
    block.index = index;
    block.bytes.clear();
    Emitter emit(block.bytes, block.work, mix(plan_.seed) + index, plan_.compressor);
    const uint64_t numbers = plan_.profile->block_numbers();
    uint64_t end = (index + 1) * numbers;
    if (elements_ > 0) end = std::min(end, elements_);
    for (uint64_t number = index * numbers; number < end; ++number) {
      if (emit.out.size() >= limit) break;
      plan_.profile->emit(emit, number, limit - emit.out.size());
    }
    block.keys = emit.keys;
    block.expiring = emit.expiring;
  }
  void set_elements(uint64_t elements) { elements_ = elements; }

 private:
  const DumpPlan& plan_;
  uint64_t elements_ = 0;
};

// Puts blocks one behind the other, divided into databases, and cuts the last one of each.
class Assembler {
 public:
  Assembler(const DumpPlan& plan, BlockMaker& maker, RdbWriter& out)
      : plan_(plan), maker_(maker), out_(out), shares_(plan.profile->databases()) {}

  void begin();
  // False when no further block is wanted.
  bool take(Block& block);
  Result<DumpCounts> finish();

 private:
  void open_database();

  const DumpPlan& plan_;
  BlockMaker& maker_;
  RdbWriter& out_;
  std::span<const DatabaseShare> shares_;
  size_t share_ = 0;
  uint64_t share_end_ = 0;
  uint64_t percent_done_ = 0;
  uint64_t elements_left_ = kNoLimit;
  DumpCounts counts_;
  double keys_per_byte_ = 0;
  double expiring_per_byte_ = 0;
};

void Assembler::begin() {
  out_.header(plan_.version);
  out_.aux("redis-ver", server_version(plan_.version));
  out_.aux("redis-bits", "64");
  out_.aux("ctime", kCreationTime);
  out_.aux("used-mem", std::to_string(plan_.bytes));
  out_.aux(plan_.version < kFirstListpackVersion ? "aof-preamble" : "aof-base", "0");

  Block sample(plan_.version);
  maker_.fill(sample, 0, plan_.bytes);
  const auto sample_bytes = static_cast<double>(std::max<size_t>(sample.bytes.size(), 1));
  keys_per_byte_ = static_cast<double>(sample.keys) / sample_bytes;
  expiring_per_byte_ = static_cast<double>(sample.expiring) / sample_bytes;
  open_database();

  Emitter opening(sample.bytes, sample.work, plan_.seed, nullptr);
  const size_t before = sample.bytes.size();
  const uint64_t elements =
      plan_.profile->open_record(opening, share_end_ - std::min(share_end_, out_.size()));
  if (elements == 0) return;
  maker_.set_elements(elements);
  elements_left_ = elements;
  out_.raw(Bytes(sample.bytes).substr(before));
  counts_.keys += opening.keys;
}

// The sizes are a hint that servers reserve memory by; here they are an estimate.
void Assembler::open_database() {
  const DatabaseShare& share = shares_[share_];
  const uint64_t total = plan_.bytes - std::min(plan_.bytes, kFooterBytes);
  percent_done_ += share.percent;
  share_end_ = total / 100 * percent_done_ + total % 100 * percent_done_ / 100;
  const auto bytes = static_cast<double>(share_end_ - std::min(share_end_, out_.size()));
  out_.select_db(share.database);
  out_.resize_db(std::max<uint64_t>(static_cast<uint64_t>(bytes * keys_per_byte_), 1),
                 static_cast<uint64_t>(bytes * expiring_per_byte_));
}

bool Assembler::take(Block& block) {
  bool share_is_full = false;
  if (elements_left_ == kNoLimit && block.bytes.size() + out_.size() >= share_end_) {
    maker_.fill(block, block.index, share_end_ - std::min(share_end_, out_.size()));
    share_is_full = true;
  }
  out_.raw(block.bytes);
  counts_.keys += block.keys;
  counts_.expiring += block.expiring;
  if (!out_.ok()) return false;
  if (elements_left_ != kNoLimit) {
    elements_left_ -= std::min(elements_left_, plan_.profile->block_numbers());
    return elements_left_ > 0;
  }
  if (!share_is_full) return true;
  if (++share_ == shares_.size()) return false;
  open_database();
  return true;
}

Result<DumpCounts> Assembler::finish() {
  TRY(counts_.bytes, out_.finish());
  return counts_;
}

}  // namespace

Result<DumpCounts> write_dump(const DumpPlan& plan, RdbWriter& out) {
  const tbb::global_control threads(tbb::global_control::max_allowed_parallelism, plan.threads);
  BlockMaker maker(plan);
  Assembler assembler(plan, maker, out);
  assembler.begin();

  // At most as many blocks as slots are under way, and they leave in order, so a slot is free
  // when its turn comes again.
  const size_t slots = plan.threads * 2 + 2;
  std::vector<Block> blocks;
  blocks.reserve(slots);
  while (blocks.size() < slots) blocks.emplace_back(plan.version);
  uint64_t next = 0;
  std::atomic<bool> done = false;  // set by the last stage, read by the first
  const auto number = [&](tbb::flow_control& control) {
    if (done) control.stop();
    return next++;
  };
  const auto fill = [&](uint64_t index) {
    Block& block = blocks[index % slots];
    maker.fill(block, index, kNoLimit);
    return &block;
  };
  const auto write = [&](Block* block) {
    if (!done && !assembler.take(*block)) done = true;
  };
  tbb::parallel_pipeline(
      slots, tbb::make_filter<void, uint64_t>(tbb::filter_mode::serial_in_order, number) &
                 tbb::make_filter<uint64_t, Block*>(tbb::filter_mode::parallel, fill) &
                 tbb::make_filter<Block*, void>(tbb::filter_mode::serial_in_order, write));
  return assembler.finish();
}

}  // namespace rdbproof::bench
