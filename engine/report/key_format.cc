#include "engine/report/key_format.h"

#include <fmt/format.h>

#include <iterator>

#include "engine/base/text.h"
#include "engine/hash/sha.h"

namespace rdbproof {
namespace {

std::string digest_text(const KeyDigests& digests, const Sha1& digest) {
  return digests.available ? to_hex(as_bytes(digest)) : std::string();
}

// A hex text in quotes, or null.
std::string json_digest(const std::string& text) {
  return text.empty() ? "null" : "\"" + text + "\"";
}

}  // namespace

std::string JsonKeyFormat::prefix(uint64_t database) const {
  return fmt::format("{{\"db\":{}", database);
}

void JsonKeyFormat::append_row(std::string& out, const KeyRow& row) const {
  if (is_valid_utf8(row.key.name)) {
    out += ",\"key\":";
    append_json_string(out, row.key.name);
  } else {
    out += ",\"key_b64\":\"" + to_base64(row.key.name) + '"';
  }
  out += ",\"type\":";
  append_json_string(out, row.key.type_name());
  fmt::format_to(std::back_inserter(out),
                 ",\"encoding\":\"{}\",\"elements\":{},\"bytes\":{},\"expire_at_ms\":",
                 row.value.encoding, row.value.elements, row.value.bytes);
  out += row.key.has_expiry ? std::to_string(row.key.expire_at_ms) : "null";
  fmt::format_to(std::back_inserter(out),
                 ",\"fingerprint\":\"{}\",\"fingerprint_and_expiry\":\"{}\"",
                 row.fingerprint.content, row.fingerprint.content_and_expiry);
  if (row.digests != nullptr) {
    out += ",\"redis_digest\":" + json_digest(digest_text(*row.digests, row.digests->modern));
    out +=
        ",\"redis_digest_legacy\":" + json_digest(digest_text(*row.digests, row.digests->legacy));
  }
  out += "}\n";
}

std::string TextKeyFormat::heading(bool with_digest) {
  std::string text = "db\ttype\tencoding\telements\tbytes\texpire_at_ms\tfingerprint";
  if (with_digest) text += "\tredis_digest\tredis_digest_legacy";
  return text + "\tkey\n";
}

std::string TextKeyFormat::prefix(uint64_t database) const {
  return std::to_string(database);
}

void TextKeyFormat::append_row(std::string& out, const KeyRow& row) const {
  fmt::format_to(std::back_inserter(out), "\t{}\t{}\t{}\t{}\t{}\t{}",
                 escape_for_terminal(row.key.type_name()), row.value.encoding, row.value.elements,
                 row.value.bytes, row.key.has_expiry ? std::to_string(row.key.expire_at_ms) : "-",
                 row.fingerprint.content);
  if (row.digests != nullptr) {
    const std::string modern = digest_text(*row.digests, row.digests->modern);
    const std::string legacy = digest_text(*row.digests, row.digests->legacy);
    out += '\t' + (modern.empty() ? "-" : modern) + '\t' + (legacy.empty() ? "-" : legacy);
  }
  out += '\t' + escape_for_terminal(row.key.name) + '\n';
}

}  // namespace rdbproof
