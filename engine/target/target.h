// The server that somebody asks about: a release and its configuration.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/target/release.h"

namespace rdbproof {

// Who chose the release.
enum class NamedBy : uint8_t {
  kUser,
  kFile,    // the server that the file names as its writer
  kVersion  // the oldest release that reads the file's version
};

// What is not set is not known of it.
struct Target {
  const Release* release = nullptr;
  NamedBy named_by = NamedBy::kUser;
  std::optional<uint64_t> databases;
  std::optional<bool> cluster;
  std::optional<std::vector<std::string>> modules;  // of modules, their types or metadata classes
  bool is_replica = false;
  bool is_relaxed = false;  // Valkey 9: rdb-version-check

  // Whether one of the modules brings the type or metadata class `name`. Needs `modules`.
  bool has_module_for(std::string_view name) const;
};

// product:version and options between commas:
//   databases=N  cluster[=yes|no]  role=primary|replica  rdb-version-check=strict|relaxed
//   modules=A,B  takes the rest, so it comes last; empty: none
// The version is that of a release: 7.2, or 7.2.6. An error's hint lists what is known.
Result<Target> parse_target(std::string_view text);

// The release that wrote a file, where its AUX field names it; that before a release candidate's
// number is not one.
const Release* find_writer(Dialect dialect, std::string_view version);

Product product_of(Dialect dialect);

}  // namespace rdbproof
