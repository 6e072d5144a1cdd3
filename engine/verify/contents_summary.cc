#include "engine/verify/contents_summary.h"

namespace rdbproof {
namespace {

template <class Sums>
std::map<uint64_t, Sums> with_keys(const std::map<uint64_t, Sums>& databases) {
  std::map<uint64_t, Sums> result;
  for (const auto& [database, sums] : databases) {
    if (sums.keys != 0) result.emplace(database, sums);
  }
  return result;
}

template <class Sums>
void add(std::map<uint64_t, Sums>& to, const std::map<uint64_t, Sums>& from) {
  for (const auto& [database, sums] : from) to[database].merge(sums);
}

}  // namespace

void ContentsSummary::merge(const ContentsSummary& other) {
  keyspace.merge(other.keyspace);
  add(fast, other.fast);
  if (evidence && other.evidence) add(*evidence, *other.evidence);
  if (digest && other.digest) add(*digest, *other.digest);
}

FingerprintText ContentsSummary::fingerprint() const {
  return evidence ? render_evidence(*evidence) : render_fast(fast);
}

ContentsSummary summarize(const Contents& contents, const VerifyOptions& options) {
  ContentsSummary summary{
      summarize(contents.keyspace), with_keys(contents.fast.databases()), {}, {}};
  if (options.evidence) summary.evidence = with_keys(contents.evidence.databases());
  if (options.redis_digest) summary.digest = with_keys(contents.digest.databases());
  return summary;
}

}  // namespace rdbproof
