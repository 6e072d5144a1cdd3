#include "engine/target/prediction.h"

#include <algorithm>

#include "engine/base/text.h"

namespace rdbproof {
namespace {

constexpr uint64_t kMagicBytes = 5;
constexpr uint64_t kDefaultDatabases = 16;
constexpr uint8_t kSlotImport = 243;
constexpr std::string_view kVectorSetType = "vectorset";

Code code_for(Effect effect) {
  switch (effect) {
    case Effect::kRefuses:
      return Code::kTargetRefuses;
    case Effect::kAborts:
      return Code::kTargetAborts;
    default:
      return Code::kTargetDepends;
  }
}

std::string plural(uint64_t count, std::string_view singular, std::string_view many) {
  return std::to_string(count) + " " + std::string(count == 1 ? singular : many);
}

class Judge {
 public:
  Judge(const FileFacts& facts, const Target& target)
      : facts_(facts), target_(target), release_(*target.release) {
    prediction_.target = target;
  }

  Prediction judge() {
    if (judge_header()) {
      judge_records();
      judge_databases();
      judge_modules();
      judge_slot_import();
      judge_findings();
    }
    forget_behind_gap();
    decide();
    return std::move(prediction_);
  }

 private:
  void add(Effect effect, uint64_t offset, std::string sentence) {
    prediction_.reasons.push_back({effect, code_for(effect), offset, 1, std::move(sentence)});
  }
  // As a condition of loading: `assumption` holds unless the target says otherwise.
  void add_condition(uint64_t offset, std::string sentence, std::string assumption) {
    add(Effect::kDepends, offset, std::move(sentence));
    prediction_.assumptions.push_back(std::move(assumption));
  }
  std::string name() const { return release_name(release_); }
  bool valkey_magic() const { return facts_.file->valkey_magic; }

  // False: nothing behind the header matters.
  bool judge_header();
  bool judge_envelope();
  void judge_records();
  void judge_databases();
  void judge_cluster_databases();
  void judge_modules();
  void judge_module(const NeededModule& module);
  void judge_slot_import();
  void judge_findings();
  void forget_behind_gap();
  void decide();
  void count_keys();
  uint64_t keys_after_load(uint64_t number, const DatabaseCounts& database);
  const CodeCount& count_of(Code code) const { return facts_.findings[static_cast<size_t>(code)]; }

  const FileFacts& facts_;
  const Target& target_;
  const Release& release_;
  Prediction prediction_;
};

bool Judge::judge_envelope() {
  if (!facts_.compression.starts_with("vcs-")) return true;
  if (!release_.has(kReadsEnvelope)) {
    add(Effect::kRefuses, 0,
        "it is in Valkey's compressed envelope, which " + name() + " does not open");
    return false;
  }
  if (facts_.compression != "vcs-lz4") {
    prediction_.reasons.push_back({Effect::kUnknown, Code::kNone, 0, 1,
                                   "no release is known to open an envelope of " +
                                       std::string(facts_.compression.substr(4))});
  }
  return true;
}

bool Judge::judge_header() {
  if (!judge_envelope()) return false;
  if (facts_.file == nullptr) {
    judge_findings();
    return false;
  }
  const uint32_t version = facts_.file->version;
  const std::string number = "version " + std::to_string(version);
  switch (fit_header(release_, valkey_magic(), version, target_.is_relaxed)) {
    case HeaderFit::kReads:
      return true;
    case HeaderFit::kForeignMagic:
      add(Effect::kRefuses, 0,
          name() + (valkey_magic() ? " does not know files that begin with VALKEY"
                                   : " wants files of this version to begin with VALKEY"));
      break;
    case HeaderFit::kTooOld:
      add(Effect::kRefuses, kMagicBytes,
          "the file has " + number + ", " + name() + " reads " +
              std::to_string(release_.oldest_rdb) + " and later");
      break;
    case HeaderFit::kTooNew:
      add(Effect::kRefuses, kMagicBytes,
          "the file has " + number + ", " + name() + " reads up to " +
              std::to_string(release_.newest_rdb));
      break;
    case HeaderFit::kForeignVersion:
      add(Effect::kRefuses, kMagicBytes,
          "the file has " + number + " of Redis, which " + name() +
              " reads with rdb-version-check relaxed only");
      break;
  }
  return false;
}

void Judge::judge_records() {
  for (const RdbRow* const row : facts_.file->rows) {
    if (row == nullptr || row->refusal != Code::kNone) continue;  // those have findings
    const uint64_t offset = facts_.used->first_offset(row->byte);
    if (offset == UsedRecords::kNowhere || knows_row(release_, *row, valkey_magic())) continue;
    const std::string record = std::string(row->name) + " (" + std::to_string(row->byte) + ")";
    const RdbRow* const other = other_meaning(release_, *row, valkey_magic());
    if (other == nullptr) {
      add(Effect::kRefuses, offset, name() + " does not know the record " + record);
    } else {
      prediction_.reasons.push_back(
          {Effect::kUnknown, Code::kNone, offset, 1,
           name() + " takes the record " + record + " for " + std::string(other->name)});
    }
  }
}

void Judge::judge_databases() {
  const std::optional<SelectedNumber>& highest = facts_.needs->highest_database();
  if (!highest) return;
  const std::string number = "database " + std::to_string(highest->number);
  const bool in_cluster = target_.cluster.value_or(false);
  const bool counts_apart = in_cluster && release_.has(kHasClusterDatabases);
  const std::string setting = counts_apart ? "cluster-databases" : "databases";
  const uint64_t wanted = highest->number + 1;
  const uint64_t usual = counts_apart ? 1 : kDefaultDatabases;
  if (target_.databases && wanted > *target_.databases) {
    add(Effect::kRefuses, highest->offset,
        number + " is selected, the server has " + std::to_string(*target_.databases));
  } else if (!target_.databases && wanted > usual) {
    add_condition(highest->offset,
                  number + " is selected, servers have " + std::to_string(usual) + " unless " +
                      setting + " says more",
                  setting + " is at least " + std::to_string(wanted));
  }
  const bool has_one = !counts_apart && release_.product != Product::kDragonfly;
  if (in_cluster && has_one) judge_cluster_databases();
}

// Redis looks for such keys once all is loaded. Redis 7.4.1 src/cluster_legacy.c.
void Judge::judge_cluster_databases() {
  for (const auto& [number, database] : facts_.keyspace->databases()) {
    if (number == 0 || keys_after_load(number, database) == 0) continue;
    return add(Effect::kRefuses, facts_.needs->highest_database()->offset,
               "in cluster mode " + name() + " has database 0 only");
  }
}

void Judge::judge_modules() {
  for (const NeededModule& module : facts_.needs->modules()) judge_module(module);
}

void Judge::judge_module(const NeededModule& module) {
  if (module.part == ModulePart::kOptionalMetadata) return;
  if (module.name == kVectorSetType && release_.has(kHasVectorSets)) return;
  const std::string what =
      module.part == ModulePart::kMetadata ? "metadata of class " : "data of the module type ";
  const std::string quoted = escape_for_terminal(module.name);
  if (release_.has(kUnknownModuleLoading)) {
    prediction_.reasons.push_back({Effect::kUnknown, Code::kNone, module.offset, 1,
                                   "whether " + name() + " reads " + what + quoted});
  } else if (!target_.modules) {
    add_condition(module.offset, what + quoted + " needs its module",
                  "the module of " + quoted + " is loaded");
  } else if (!target_.has_module_for(module.name)) {
    add(Effect::kRefuses, module.offset, what + quoted + ", and no module that is loaded reads it");
  }
}

// Valkey 9.0.4 and 9.1 end by an assertion.
void Judge::judge_slot_import() {
  const uint64_t offset = facts_.used->first_offset(kSlotImport);
  if (!valkey_magic() || offset == UsedRecords::kNowhere) return;
  if (!target_.cluster) {
    add_condition(offset,
                  "a slot was being imported: servers abort unless they run in cluster mode",
                  "the server runs in cluster mode");
  } else if (!*target_.cluster) {
    add(Effect::kAborts, offset, "a slot was being imported, and cluster mode is off");
  }
}

void Judge::judge_findings() {
  for (const FindingKind& kind : kFindingKinds) {
    const CodeCount& found = count_of(kind.code);
    if (found.count == 0) continue;
    const Effect effect = effect_of(kind.code, release_);
    if (effect == Effect::kNone) continue;
    prediction_.reasons.push_back(
        {effect, kind.code, found.first_offset, found.count, std::string(kind.sentence)});
  }
  const uint64_t functions = count_of(Code::kFunctionNotCompiled).count;
  if (functions != 0) {
    prediction_.assumptions.push_back(
        plural(functions, "function library compiles", "function libraries compile"));
  }
  if (count_of(Code::kDuplicatesUnchecked).count != 0) {
    prediction_.assumptions.push_back("no key occurs twice, which could not be checked");
  }
}

// Behind a gap a server does not see what we see, except that its checksum will not match.
void Judge::forget_behind_gap() {
  if (!facts_.first_gap) return;
  std::erase_if(prediction_.reasons, [&](const Reason& reason) {
    return reason.offset > *facts_.first_gap && reason.effect != Effect::kUnknown &&
           reason.code != Code::kChecksumMismatch;
  });
}

void Judge::decide() {
  std::ranges::stable_sort(prediction_.reasons, {}, &Reason::offset);
  bool is_unknown = false;
  for (const Reason& reason : prediction_.reasons) {
    if (reason.effect == Effect::kRefuses || reason.effect == Effect::kAborts) {
      prediction_.outcome =
          reason.effect == Effect::kRefuses ? Outcome::kRefuses : Outcome::kAborts;
      return prediction_.assumptions.clear();
    }
    is_unknown |= reason.effect == Effect::kUnknown;
  }
  prediction_.outcome = is_unknown ? Outcome::kUnknown : Outcome::kLoads;
  if (!is_unknown) count_keys();
}

uint64_t Judge::keys_after_load(uint64_t number, const DatabaseCounts& database) {
  if (target_.is_replica) return database.keys();
  const uint64_t fieldless =
      release_.has(kDropsExpiredFields) ? facts_.needs->fieldless(number) : 0;
  return database.keys() - database.expired() - fieldless;
}

void Judge::count_keys() {
  // Of a repeated key the last one stays, and its database was not counted; what is out of order
  // was not counted here, and a server loads it.
  if (count_of(Code::kDuplicateKey).count != 0 || count_of(Code::kBadOrder).count != 0) return;
  prediction_.sizes.emplace();
  for (const auto& [number, database] : facts_.keyspace->databases()) {
    const uint64_t keys = keys_after_load(number, database);
    if (keys != 0) (*prediction_.sizes)[number] = keys;
    if (target_.is_replica) continue;
    prediction_.expired += database.expired();
    prediction_.fieldless += database.keys() - database.expired() - keys;
  }
}

// Whether the release reads all records of the file, and has all that they need without a module
// that it could have built in.
bool knows_all(const FileFacts& facts, const Release& release) {
  for (const RdbRow* const row : facts.file->rows) {
    if (row == nullptr || row->refusal != Code::kNone) continue;
    const bool is_used = facts.used->first_offset(row->byte) != UsedRecords::kNowhere;
    if (is_used && !knows_row(release, *row, facts.file->valkey_magic)) return false;
  }
  return release.has(kHasVectorSets) ||
         std::ranges::none_of(facts.needs->modules(), [](const NeededModule& module) {
           return module.name == kVectorSetType;
         });
}

bool reads_header(const FileFacts& facts, const Release& release) {
  if (facts.compression.starts_with("vcs-") && !release.has(kReadsEnvelope)) return false;
  return fit_header(release, facts.file->valkey_magic, facts.file->version, false) ==
         HeaderFit::kReads;
}

}  // namespace

std::string_view outcome_name(Outcome outcome) {
  switch (outcome) {
    case Outcome::kLoads:
      return "loads";
    case Outcome::kRefuses:
      return "refuses";
    case Outcome::kAborts:
      return "aborts";
    case Outcome::kUnknown:
      return "unknown";
  }
  return "unknown";
}

std::vector<Finding> Prediction::findings() const {
  std::vector<Finding> findings;
  for (const Reason& reason : reasons) {
    const bool is_own = reason.code == Code::kTargetRefuses || reason.code == Code::kTargetAborts ||
                        reason.code == Code::kTargetDepends;
    if (is_own) {
      findings.push_back({reason.code, reason.offset, kNoDatabase, false, {}, reason.sentence});
    }
  }
  return findings;
}

std::optional<Target> default_target(const FileFacts& facts) {
  if (facts.file == nullptr) return std::nullopt;
  Target target;
  target.named_by = NamedBy::kFile;
  target.release = find_writer(facts.dialect, facts.writer_version);
  const bool is_writer = target.release != nullptr && reads_header(facts, *target.release) &&
                         knows_all(facts, *target.release);
  if (is_writer) return target;
  target = {};
  target.named_by = NamedBy::kVersion;
  for (const Release& release : releases()) {
    if (release.product != product_of(facts.dialect) || !reads_header(facts, release)) continue;
    if (target.release == nullptr) target.release = &release;
    if (!knows_all(facts, release)) continue;
    target.release = &release;
    return target;
  }
  if (target.release == nullptr) return std::nullopt;
  return target;
}

Prediction predict(const FileFacts& facts, const Target& target) {
  return Judge(facts, target).judge();
}

}  // namespace rdbproof
