#include "engine/proof/proof_diff.h"

#include <algorithm>
#include <chrono>
#include <optional>

#include "engine/diff/difference_store.h"
#include "engine/io/os.h"
#include "engine/io/scratch_file.h"
#include "engine/proof/proof_file.h"
#include "engine/report/report_parts.h"
#include "engine/report/report_reader.h"
#include "engine/scan/run_with_threads.h"
#include "engine/verify/contents_summary.h"

namespace rdbproof {
namespace {

constexpr size_t kBatch = 2048;

struct ProvenSide {
  ContentsSummary contents;
  Buckets buckets{1};
  bool is_whole = false;
  bool is_proof = false;
  // The hash of each library, by name. Shards of a side have the same. Absent if not known of all.
  std::optional<std::map<std::string, std::string>> functions{std::in_place};

  void add_functions(const nlohmann::ordered_json& libraries) {
    if (!libraries.is_object()) functions.reset();
    if (!functions) return;
    for (const auto& [name, hash] : libraries.items()) {
      if (hash.is_string()) functions->emplace(name, hash.get<std::string>());
    }
  }
};

bool is_one_proof(const std::vector<std::string>& paths) {
  return paths.size() == 1 && is_proof(paths.front());
}

Result<ProvenSide> load(const std::string& path) {
  TRY(Proof proof, read_proof(path));
  Result<SavedReport> report = read_report(proof.report);
  if (!report || !report->evidence) {
    return fail(display_name(path) + ": the report in the proof is not one of verify --save");
  }
  std::vector<SavedReport> parts;
  parts.push_back(std::move(*report));
  MergedReport merged = add_reports(std::move(parts));
  ProvenSide side{std::move(merged.total), std::move(proof.buckets), true, true};
  for (const SavedSource& source : merged.report.sources) {
    side.is_whole = side.is_whole && source.is_whole;
    side.add_functions(source.object.value("function_libraries", nlohmann::ordered_json()));
  }
  return side;
}

// Of the memory for what grows with the number of keys: a half for records of keys, a quarter each
// for members of a value and for suspects.
VerifyOptions options_of_data_set(const VerifyOptions& options) {
  VerifyOptions result = options;
  result.evidence = true;
  result.limits.max_index_bytes = std::max<uint64_t>(options.limits.max_index_bytes / 4, 1);
  return result;
}

class ProofComparison {
 public:
  explicit ProofComparison(const ProofDiffOptions& options)
      : options_(options),
        read_options_(options_of_data_set(options.verify)),
        data_set_(slots_, everything_, read_options_, options.verify.limits.max_index_bytes / 2) {}

  Result<ProofDiffReport> run(const std::vector<std::string>& paths_a,
                              const std::vector<std::string>& paths_b) {
    const auto begin = std::chrono::steady_clock::now();
    std::optional<ProvenSide> a;
    std::optional<ProvenSide> b;
    if (is_one_proof(paths_a)) {
      TRY(a, load(paths_a.front()));
    }
    if (is_one_proof(paths_b)) {
      TRY(b, load(paths_b.front()));
    }
    if (!a) {
      TRY(a, read(paths_a, b->buckets.entries().size()));
    }
    if (!b) {
      TRY(b, read(paths_b, a->buckets.entries().size()));
    }
    report_.bucket_count = a->buckets.entries().size();
    if (b->buckets.entries().size() != report_.bucket_count) {
      return fail(
          "the proofs have different numbers of buckets: " + std::to_string(report_.bucket_count) +
              " and " + std::to_string(b->buckets.entries().size()),
          "make them with the same --buckets");
    }
    report_.buckets = compare(a->buckets, b->buckets, options_.ignore_expiry);
    compare_functions(*a, *b);
    decide(*a, *b);
    report_.has_suspects = !a->is_proof || !b->is_proof;
    if (report_.has_suspects && report_.buckets.buckets != 0) {
      TRY_VOID(find_suspects(a->buckets, b->buckets));
    }
    report_.a = std::move(a->contents.keyspace);
    report_.b = std::move(b->contents.keyspace);
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin;
    report_.seconds = elapsed.count();
    return std::move(report_);
  }

 private:
  // Once, as pipes and servers can be: what suspects are named by is kept.
  Result<ProvenSide> read(const std::vector<std::string>& paths, uint64_t buckets) {
    ProvenSide side{{}, Buckets(buckets), true, false};
    read_options_.each_key = [&](const KeyFingerprint& key, uint64_t database) {
      side.buckets.add(key, database);
    };
    for (const std::string& path : paths) {
      TRY_VOID(data_set_.add(path, options_.read_source));
    }
    Contents all(read_options_.now_ms);
    for (const SourceReport& report : data_set_.reports()) {
      all.merge(report.contents);
      const bool has_functions = !report.server || report.server->has_functions;
      side.add_functions(has_functions ? function_libraries_json(report)
                                       : nlohmann::ordered_json());
    }
    side.is_whole = data_set_.is_whole();
    side.contents = summarize(all, read_options_);
    return side;
  }

  void compare_functions(const ProvenSide& a, const ProvenSide& b) {
    if (!options_.functions || !a.functions || !b.functions) return;
    report_.functions.emplace();
    for (const auto& [name, hash] : *a.functions) {
      const auto other = b.functions->find(name);
      if (other == b.functions->end()) {
        (*report_.functions)[name] = DifferenceKind::kOnlyA;
      } else if (other->second != hash) {
        (*report_.functions)[name] = DifferenceKind::kValue;
      }
    }
    for (const auto& [name, hash] : *b.functions) {
      if (!a.functions->contains(name)) (*report_.functions)[name] = DifferenceKind::kOnlyB;
    }
  }

  // The evidence decides; buckets only tell where.
  void decide(const ProvenSide& a, const ProvenSide& b) {
    const FingerprintText in_a = a.contents.fingerprint();
    const FingerprintText in_b = b.contents.fingerprint();
    const bool same = options_.ignore_expiry ? in_a.content == in_b.content
                                             : in_a.content_and_expiry == in_b.content_and_expiry;
    if (!a.is_whole || !b.is_whole) {
      report_.reason = !a.is_whole ? "A could not be read whole" : "B could not be read whole";
      return;
    }
    const bool do_functions_differ = report_.functions && !report_.functions->empty();
    report_.verdict = same && !do_functions_differ ? DiffVerdict::kSame : DiffVerdict::kDifferent;
    if (!same && report_.buckets.buckets == 0) {
      report_.reason = "the evidence differs, but no bucket does: somebody made them collide";
    }
  }

  // Those keys of the data set that lie in differing buckets.
  Result<void> find_suspects(const Buckets& a, const Buckets& b) {
    Result<void> done;
    run_with_threads(options_.verify.threads, [&] { done = data_set_.finish(); });
    TRY_VOID(std::move(done));
    DifferenceStore store(options_.write ? UINT64_MAX : options_.shown,
                          options_.verify.limits.max_index_bytes / 4,
                          [&] { return ScratchFile::create(options_.verify.temp_dir); });
    TRY_VOID(collect(a, b, store));
    return name(store);
  }

  Result<void> collect(const Buckets& a, const Buckets& b, DifferenceStore& store) {
    std::vector<KeyRecord> piece;
    for (size_t bucket = 0; bucket < kKeyBuckets; ++bucket) {
      std::vector<Difference> found;
      TRY_VOID(data_set_.records().visit(bucket, piece, [&](const std::vector<KeyRecord>& records) {
        for (const KeyRecord& record : records) {
          // The name has the bits of its database already.
          const uint64_t number = a.number_of_flipped(record.name_high);
          if (!bucket_differs(a.entries()[number], b.entries()[number], options_.ignore_expiry)) {
            continue;
          }
          found.push_back({DifferenceKind::kOnlyA, true, record, {}});
        }
      }));
      report_.suspects_total += found.size();
      TRY_VOID(store.add(std::move(found)));
    }
    return {};
  }

  Result<void> name(DifferenceStore& store) {
    while (true) {
      TRY(const std::vector<Difference> some, store.next(kBatch));
      if (some.empty()) return {};
      TRY(std::vector<std::string> names, read_names(data_set_, data_set_, some));
      for (size_t i = 0; i < some.size(); ++i) {
        NamedDifference difference;
        difference.kind = DifferenceKind::kSuspect;
        difference.database = slots_.database(some[i].a.database_slot);
        difference.type = slots_.type_name(some[i].a.type_slot);
        difference.name = std::move(names[i]);
        if (options_.write) {
          TRY_VOID(options_.write(difference));
        }
        if (report_.suspects.size() < options_.shown) {
          report_.suspects.push_back(std::move(difference));
        }
      }
    }
  }

  const ProofDiffOptions& options_;
  VerifyOptions read_options_;
  KeySlots slots_;
  const KeyFilter everything_;
  Side data_set_;  // without sources if both are proofs
  ProofDiffReport report_;
};

}  // namespace

Result<ProofDiffReport> diff_with_proof(const std::vector<std::string>& a,
                                        const std::vector<std::string>& b,
                                        const ProofDiffOptions& options) {
  return ProofComparison(options).run(a, b);
}

}  // namespace rdbproof
