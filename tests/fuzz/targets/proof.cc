// Saved proofs: whatever the bytes, they are read or refused. The digest is mended, so that what is
// behind it is reached.
#include <string>

#include "engine/hash/sha.h"
#include "engine/proof/proof_file.h"
#include "engine/report/report_reader.h"
#include "tests/fuzz/target.h"

namespace rdbproof::fuzz {
namespace {

constexpr size_t kDigestBytes = 32;

void run(Bytes input) {
  std::string bytes(input);
  if (bytes.size() >= kDigestBytes) {
    const Sha256 digest = sha256(Bytes(bytes).substr(0, bytes.size() - kDigestBytes));
    bytes.replace(bytes.size() - kDigestBytes, kDigestBytes, as_bytes(digest));
  }
  const Result<Proof> proof = parse_proof(bytes);
  FUZZ_CHECK(proof || !proof.error().message.empty(), "refused without a word");
  const Result<SavedReport> report = read_report(proof ? proof->report : bytes);
  FUZZ_CHECK(report || !report.error().message.empty(), "refused without a word");
}

void seed(const Dump& /*dump*/, std::vector<std::string>& seeds) {
  const std::string report = R"({"schema":"rdbproof.verify/1","verdict":"ok","sources":[]})";
  std::string proof = "RDBPROOF";
  proof += std::string("\x01\0\0\0\0\0\0\0", 8);
  proof += static_cast<char>(report.size()) + std::string(7, '\0');
  proof += '\x02' + std::string(7, '\0');
  proof += report + std::string(2 * 40 + kDigestBytes, '\0');
  seeds = {proof, report};
}

const Registration kTarget{{.name = "proof", .run = run, .seed = seed}};

}  // namespace
}  // namespace rdbproof::fuzz
