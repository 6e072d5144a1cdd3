#include "engine/proof/proof_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <array>

#include "engine/hash/sha.h"
#include "engine/io/mapped_file.h"
#include "engine/io/os.h"
#include "engine/io/output_file.h"
#include "engine/io/temporary.h"

namespace rdbproof {
namespace {

constexpr Bytes kMagic = "RDBPROOF";
constexpr uint32_t kVersion = 1;
constexpr size_t kHeaderBytes = 32;  // magic, version, reserved, bytes of the report, buckets
constexpr size_t kEntryBytes = 40;   // keys, content, content and expiry
constexpr size_t kDigestBytes = 32;
constexpr uint64_t kMostReportBytes = uint64_t{256} << 20;

void put(std::string& out, uint64_t value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

void put(std::string& out, Uint128 value) {
  put(out, static_cast<uint64_t>(value));
  put(out, static_cast<uint64_t>(value >> 64));
}

Uint128 load_uint128(const char* data) {
  return make_uint128(load_le<uint64_t>(data + 8), load_le<uint64_t>(data));
}

Result<UniqueFd> open_file(const std::string& path) {
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  struct stat status {};
  if (!fd || ::fstat(fd.get(), &status) != 0) {
    return fail("cannot open " + display_name(path) + ": " + errno_text(errno));
  }
  if (!S_ISREG(status.st_mode)) return fail(display_name(path) + " is not a regular file");
  return fd;
}

}  // namespace

Result<std::string> sha256_of_file(const std::string& path) {
  TRY(UniqueFd fd, open_file(path));
  TRY(const auto file, MappedFile::open(std::move(fd), path));
  const Sha256 digest = sha256(file->bytes());
  TRY_VOID(file->check_unchanged());
  return to_hex(as_bytes(digest));
}

bool is_proof(const std::string& path) {
  struct stat status {};
  // Opening a pipe would wait for its writer.
  if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return false;
  const Result<UniqueFd> fd = open_file(path);
  std::array<char, kMagic.size()> front{};
  const auto got =
      fd ? read_some_at(fd->get(), front.data(), front.size(), 0, path) : Result<size_t>(size_t{0});
  return got && Bytes(front.data(), *got) == kMagic;
}

Result<void> write_proof(const std::string& path, bool replace, const Proof& proof) {
  if (proof.report.size() > kMostReportBytes) {
    return fail("the proof would hold more databases and sources than can be read again",
                "save proofs of fewer sources");
  }
  std::string out(kMagic);
  put(out, uint64_t{kVersion});
  put(out, uint64_t{proof.report.size()});
  put(out, uint64_t{proof.buckets.entries().size()});
  out += proof.report;
  for (const FastSums& entry : proof.buckets.entries()) {
    put(out, entry.keys);
    put(out, entry.content);
    put(out, entry.content_and_expiry);
  }
  const Sha256 digest = sha256(out);
  out += as_bytes(digest);
  TRY(OutputFile file, OutputFile::create(path, replace));
  const int error = write_at(file.descriptor(), out, 0);
  if (error != 0) return fail("cannot write " + display_name(path) + ": " + errno_text(error));
  return file.commit();
}

Result<Proof> parse_proof(Bytes bytes) {
  const auto refuse = [](const char* why) { return fail(std::string("the proof ") + why); };
  if (!bytes.starts_with(kMagic)) return fail("it is no proof");
  if (bytes.size() < kHeaderBytes) return refuse("is cut short");
  const auto version = load_le<uint32_t>(bytes.data() + kMagic.size());
  if (version > kVersion) {
    return fail("the proof has version " + std::to_string(version) + ", this program reads " +
                    std::to_string(kVersion),
                "use a newer rdbproof");
  }
  const auto report_bytes = load_le<uint64_t>(bytes.data() + 16);
  const auto buckets = load_le<uint64_t>(bytes.data() + 24);
  if (report_bytes > kMostReportBytes || !Buckets::is_valid_count(buckets)) {
    return refuse("is damaged: its sizes are none that this program writes");
  }
  const uint64_t size = kHeaderBytes + report_bytes + buckets * kEntryBytes + kDigestBytes;
  if (bytes.size() < size) return refuse("is cut short");
  if (bytes.size() > size) return refuse("is damaged: bytes follow its end");
  const Sha256 digest = sha256(bytes.substr(0, size - kDigestBytes));
  if (as_bytes(digest) != bytes.substr(size - kDigestBytes)) {
    return refuse("is damaged: its checksum does not match");
  }
  Proof proof{std::string(bytes.substr(kHeaderBytes, report_bytes)), Buckets(buckets)};
  const char* next = bytes.data() + kHeaderBytes + report_bytes;
  for (FastSums& entry : proof.buckets.entries()) {
    entry.keys = load_le<uint64_t>(next);
    entry.content = load_uint128(next + 8);
    entry.content_and_expiry = load_uint128(next + 24);
    next += kEntryBytes;
  }
  return proof;
}

Result<Proof> read_proof(const std::string& path) {
  TRY(UniqueFd fd, open_file(path));
  TRY(const auto file, MappedFile::open(std::move(fd), path));
  Result<Proof> proof = parse_proof(file->bytes());
  if (!proof) return fail(display_name(path) + ": " + proof.error().message, proof.error().hint);
  TRY_VOID(file->check_unchanged());
  return proof;
}

}  // namespace rdbproof
