#include "engine/io/sniff.h"

#include <array>
#include <string>

#include "engine/io/framed_stream.h"

namespace rdbproof {
namespace {

constexpr Bytes kVcsMagic = "VCS";
constexpr Bytes kGzipMagic = "\x1F\x8B";
constexpr size_t kMagicBytes = 4;
constexpr size_t kSkippableHeaderBytes = 8;

Sniffed refused(Code code, std::string detail) {
  Finding finding;
  finding.code = code;
  finding.detail = std::move(detail);
  return {Compression::kNone, std::move(finding)};
}

// `front` begins with the magic and is the whole file or at least a header.
Sniffed sniff_vcs(Bytes front) {
  if (front.size() < kVcsHeaderBytes)
    return refused(Code::kTruncated, "VCS: the header is cut short");
  const auto field = [&](size_t index) { return static_cast<uint8_t>(front[index]); };
  const auto foreign = [](const char* what, int value) {
    return refused(Code::kForeignFormat, std::string("VCS: ") + what + " " + std::to_string(value));
  };
  if (field(3) != 1) return foreign("version", field(3));
  if (field(4) != 1 && field(4) != 2) return foreign("codec", field(4));
  if (field(5) != 0) return foreign("reserved byte is", field(5));
  if (field(6) != 1) return foreign("stream kind", field(6));
  return {field(4) == 1 ? Compression::kVcsLz4 : Compression::kVcsZstd, std::nullopt};
}

// Skippable frames belong to zstd and LZ4 alike: the first other frame decides. pzstd writes them
// first, the lz4 tool does not, so zstd is the answer when that frame is not in sight.
std::optional<Sniffed> sniff_skippable(Bytes front, bool complete) {
  while (front.size() >= kSkippableHeaderBytes &&
         matches_magic(front, kSkippableMagic, kSkippableMask)) {
    const uint64_t frame = kSkippableHeaderBytes + uint64_t{load_le<uint32_t>(front.data() + 4)};
    front.remove_prefix(frame < front.size() ? frame : front.size());
  }
  if (front.size() >= kMagicBytes && !matches_magic(front, kSkippableMagic, kSkippableMask)) {
    return Sniffed{matches_magic(front, kLz4Magic) ? Compression::kLz4 : Compression::kZstd, {}};
  }
  if (!complete) return std::nullopt;
  return Sniffed{Compression::kZstd, {}};
}

}  // namespace

std::string_view compression_name(Compression compression) {
  static constexpr auto kNames =
      std::to_array<std::string_view>({"none", "zstd", "lz4", "gzip", "vcs-lz4", "vcs-zstd"});
  return kNames[static_cast<size_t>(compression)];
}

std::optional<Sniffed> sniff(Bytes front, bool complete) {
  if (front.size() < kVcsHeaderBytes && !complete) return std::nullopt;
  if (front.starts_with(kVcsMagic)) return sniff_vcs(front);
  if (front.starts_with(kGzipMagic)) return Sniffed{Compression::kGzip, {}};
  if (front.size() >= kMagicBytes) {
    if (matches_magic(front, kZstdMagic)) return Sniffed{Compression::kZstd, {}};
    if (matches_magic(front, kLz4Magic)) return Sniffed{Compression::kLz4, {}};
    if (matches_magic(front, kSkippableMagic, kSkippableMask)) {
      return sniff_skippable(front, complete);
    }
  }
  return Sniffed{};
}

}  // namespace rdbproof
