#include "engine/verify/function_names.h"

#include <algorithm>
#include <iterator>
#include <tuple>

#include "engine/rdb/function_header.h"

namespace rdbproof {
namespace {

// Far more than anybody writes.
constexpr size_t kMostNames = 10'000;

}  // namespace

void FunctionNames::add(Bytes source) {
  constexpr size_t kLongestShown = 60;
  ++libraries_;
  is_placed_ = true;
  const FunctionHeader header = parse_function_header(source);
  if (header.problem != nullptr) return;
  is_full_ |= names_.size() == kMostNames;
  if (is_full_) return;
  names_.push_back(
      {hash128(header.name), 0, header.name.substr(0, kLongestShown), hash128(source)});
  is_placed_ = false;
}

std::map<std::string, Uint128> FunctionNames::sources() const {
  std::map<std::string, Uint128> all;
  for (const Name& name : names_) all[name.beginning] += name.source;
  return all;
}

void FunctionNames::place(uint64_t offset) {
  if (!is_placed_) names_.back().offset = offset;
  is_placed_ = true;
}

void FunctionNames::absorb(FunctionNames&& next) {
  libraries_ += next.libraries_;
  const size_t room = kMostNames - names_.size();
  is_full_ |= next.is_full_ || next.names_.size() > room;
  const auto end = next.names_.begin() + static_cast<int64_t>(std::min(room, next.names_.size()));
  std::move(next.names_.begin(), end, std::back_inserter(names_));
}

void FunctionNames::check(FindingLog& log) const {
  struct Repetition {
    const Name* name;
    const Name* first;
  };
  std::vector<const Name*> sorted;
  for (const Name& name : names_) sorted.push_back(&name);
  std::ranges::stable_sort(sorted, {}, [](const Name* name) { return name->hash; });
  std::vector<Repetition> repetitions;
  const Name* first = nullptr;
  for (const Name* const name : sorted) {
    if (first != nullptr && first->hash == name->hash) {
      repetitions.push_back({name, first});
    } else {
      first = name;
    }
  }
  std::ranges::sort(repetitions, {}, [](const Repetition& one) { return one.name->offset; });
  for (const auto& [name, before] : repetitions) {
    log.add({Code::kBadFunction,
             name->offset,
             kNoDatabase,
             false,
             {},
             "a second library " + name->beginning + ", after the one at offset " +
                 std::to_string(before->offset)});
  }
  if (is_full_) {
    log.add({Code::kDuplicatesUnchecked,
             0,
             kNoDatabase,
             false,
             {},
             "more function libraries than are compared"});
  }
}

}  // namespace rdbproof
