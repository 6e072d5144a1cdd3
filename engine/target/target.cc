#include "engine/target/target.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "engine/base/text.h"

namespace rdbproof {
namespace {

// What the modules that people load call the types that they bring.
struct ModuleTypes {
  std::string_view module;  // as MODULE LIST names it
  std::string_view types;   // between spaces
};
constexpr auto kModuleTypes = std::to_array<ModuleTypes>({
    {"ReJSON", "ReJSON-RL"},
    {"json", "ReJSON-RL"},
    {"bf", "MBbloom-- MBbloomCF CMSk-TYPE TopK-TYPE TDIS-TYPE bloomfltr"},
    {"timeseries", "TSDB-TYPE"},
    {"search", "ft_index0 trietype0"},
    {"vectorset", "vectorset"},
});

struct Version {
  uint16_t major = 0;
  uint16_t minor = 0;
  bool has_minor = false;

  bool operator<(const Version& other) const {
    return major != other.major ? major < other.major : minor < other.minor;
  }
};

// Digits and dots: 7, 7.2, 7.2.6.
std::optional<Version> parse_version(std::string_view text) {
  Version version;
  std::array<uint16_t*, 3> fields{&version.major, &version.minor, nullptr};
  uint16_t patch = 0;
  fields[2] = &patch;
  size_t count = 0;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (count < fields.size()) {
    const auto [next, error] = std::from_chars(at, end, *fields[count++]);
    if (error != std::errc()) return std::nullopt;
    version.has_minor = count > 1;
    if (next == end) return version;
    if (*next != '.') return std::nullopt;
    at = next + 1;
  }
  return std::nullopt;
}

Version version_of(const Release& release) {
  return {release.major, release.minor, true};
}

std::string_view take_item(std::string_view& rest) {
  const size_t comma = std::min(rest.find(','), rest.size());
  const std::string_view item = rest.substr(0, comma);
  rest.remove_prefix(std::min(comma + 1, rest.size()));
  return item;
}

tl::unexpected<Error> unknown_release(std::string_view text) {
  return fail("no release is known as \"" + escape_for_terminal(text, 60) + "\"",
              "known are\n" + releases_text());
}

Result<const Release*> parse_release(std::string_view text) {
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos) return unknown_release(text);
  const std::optional<Version> version = parse_version(text.substr(colon + 1));
  if (!version) return unknown_release(text);
  const bool is_dragonfly = text.substr(0, colon) == product_name(Product::kDragonfly);
  for (const Release& release : releases()) {
    if (product_name(release.product) != text.substr(0, colon)) continue;
    if (release.major != version->major) continue;
    if (is_dragonfly || (version->has_minor && release.minor == version->minor)) return &release;
  }
  return unknown_release(text);
}

tl::unexpected<Error> bad_option(std::string_view item) {
  return fail("\"" + escape_for_terminal(item, 60) + "\" is no option of a target",
              "known are databases=N, cluster[=yes|no], role=primary|replica, "
              "rdb-version-check=strict|relaxed, and at the end modules=A,B");
}

Result<void> parse_option(std::string_view item, Target& target) {
  constexpr std::string_view kDatabases = "databases=";
  if (item.starts_with(kDatabases)) {
    const std::string_view number = item.substr(kDatabases.size());
    uint64_t databases = 0;
    const char* const end = number.data() + number.size();
    const auto [at, error] = std::from_chars(number.data(), end, databases);
    if (error != std::errc() || at != end || databases == 0) return bad_option(item);
    target.databases = databases;
    return {};
  }
  if (item == "cluster" || item == "cluster=yes") {
    if (target.release->has(kNoCluster)) {
      return fail(release_name(*target.release) + " has no cluster mode");
    }
    target.cluster = true;
    return {};
  }
  if (item == "cluster=no") {
    target.cluster = false;
    return {};
  }
  if (item == "role=primary" || item == "role=replica") {
    target.is_replica = item == "role=replica";
    return {};
  }
  if (item == "rdb-version-check=strict" || item == "rdb-version-check=relaxed") {
    if (!target.release->has(kReadsValkeyMagic)) {
      return fail(release_name(*target.release) + " has no rdb-version-check");
    }
    target.is_relaxed = item == "rdb-version-check=relaxed";
    return {};
  }
  return bad_option(item);
}

Result<void> parse_modules(std::string_view rest, Target& target) {
  target.modules.emplace();
  while (!rest.empty()) {
    const std::string_view item = take_item(rest);
    if (item.find('=') != std::string_view::npos || item == "cluster") {
      return fail("\"" + escape_for_terminal(item, 60) + "\" stands behind modules=",
                  "modules= takes the rest, so it comes last");
    }
    if (!item.empty()) target.modules->emplace_back(item);
  }
  return {};
}

bool is_listed(std::string_view types, std::string_view name) {
  while (!types.empty()) {
    const size_t space = std::min(types.find(' '), types.size());
    if (types.substr(0, space) == name) return true;
    types.remove_prefix(std::min(space + 1, types.size()));
  }
  return false;
}

}  // namespace

bool Target::has_module_for(std::string_view name) const {
  return std::ranges::any_of(*modules, [&](const std::string& module) {
    if (module == name) return true;
    return std::ranges::any_of(kModuleTypes, [&](const ModuleTypes& row) {
      return row.module == module && is_listed(row.types, name);
    });
  });
}

Result<Target> parse_target(std::string_view text) {
  constexpr std::string_view kModules = "modules=";
  Target target;
  TRY(target.release, parse_release(take_item(text)));
  while (!text.empty()) {
    if (text.starts_with(kModules)) {
      TRY_VOID(parse_modules(text.substr(kModules.size()), target));
      break;
    }
    TRY_VOID(parse_option(take_item(text), target));
  }
  return target;
}

Product product_of(Dialect dialect) {
  switch (dialect) {
    case Dialect::kRedis:
      return Product::kRedis;
    case Dialect::kValkey:
      return Product::kValkey;
    case Dialect::kKeyDb:
      return Product::kKeyDb;
    case Dialect::kDragonfly:
      return Product::kDragonfly;
  }
  return Product::kRedis;
}

// Release candidates bear a number between two releases and load what the later one does.
const Release* find_writer(Dialect dialect, std::string_view text) {
  const std::optional<Version> version = parse_version(text);
  for (const Release& release : releases()) {
    if (release.product != product_of(dialect)) continue;
    if (dialect == Dialect::kDragonfly) return &release;
    if (version && !(version_of(release) < *version)) return &release;
  }
  return nullptr;
}

}  // namespace rdbproof
