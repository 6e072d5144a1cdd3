// Brings together what a prediction needs from a report.
#pragma once

#include <cstdint>
#include <optional>

#include "engine/rdb/used_records.h"
#include "engine/target/server_needs.h"
#include "engine/verify/verify.h"

namespace rdbproof {

// What parts learn for a prediction.
struct LoadFacts {
  UsedRecords used;
  ServerNeeds needs;
  // The first finding about records that were lost because they cannot be framed.
  std::optional<uint64_t> first_gap;

  // Appends what follows in the file.
  void absorb(const LoadFacts& next) {
    used.merge(next.used);
    needs.absorb(next.needs);
    if (!first_gap) first_gap = next.first_gap;
  }
  void add_gap(const Finding& finding) {
    if (!first_gap) first_gap = finding.offset;
  }
};

// Sets report.load, if the options ask for it and there is a server to ask about, and adds what the
// file has against that server to the findings. The report must have all other findings; `file` is
// null if the header could not be read.
void predict_load(SourceReport& report, const VerifyOptions& options, const FileContext* file,
                  const LoadFacts& learned);

}  // namespace rdbproof
