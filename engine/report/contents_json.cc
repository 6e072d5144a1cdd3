#include "engine/report/contents_json.h"

#include <algorithm>

#include "engine/base/text.h"
#include "engine/report/json_cursor.h"

namespace rdbproof {
namespace {

Json keyspace_json(const KeyspaceSummary& keyspace) {
  Json databases = Json::array();
  for (const auto& [number, database] : keyspace.databases) {
    databases.push_back({{"db", number},
                         {"keys", database.keys},
                         {"expires", database.expires},
                         {"expired", database.expired},
                         {"types", database.types}});
  }
  Json types = Json::object();
  for (const auto& [name, counts] : keyspace.types) {
    types[name] = {{"keys", counts.keys}, {"elements", counts.elements}, {"bytes", counts.bytes}};
  }
  return {{"keys", keyspace.keys},       {"expires", keyspace.expires},
          {"expired", keyspace.expired}, {"databases", std::move(databases)},
          {"types", std::move(types)},   {"encodings", keyspace.encodings}};
}

std::string sum_text(Uint128 sum) {
  return to_hex(sum);
}

std::string sum_text(const LtHash& sum) {
  return to_base64(sum.bytes());
}

template <class Sums>
Json fingerprint_json(const FingerprintText& text, const std::map<uint64_t, Sums>& databases) {
  Json list = Json::array();
  for (const auto& [database, sums] : databases) {
    list.push_back({{"db", database},
                    {"keys", sums.keys},
                    {"content", sum_text(sums.content)},
                    {"content_and_expiry", sum_text(sums.content_and_expiry)}});
  }
  return {{"algorithm", text.algorithm},
          {"content", text.content},
          {"content_and_expiry", text.content_and_expiry},
          {"sums", std::move(list)}};
}

void put_digests(Json& object, const std::map<uint64_t, DigestSums>& databases) {
  const DigestText digest = render_digest(databases);
  object["redis_digest"] = digest.modern ? Json(*digest.modern) : Json();
  object["redis_digest_legacy"] = digest.legacy ? Json(*digest.legacy) : Json();
  Json list = Json::array();
  for (const auto& [database, sums] : databases) {
    list.push_back({{"db", database},
                    {"keys", sums.keys},
                    {"unavailable", sums.unavailable},
                    {"redis_digest", to_hex(as_bytes(sums.modern))},
                    {"redis_digest_legacy", to_hex(as_bytes(sums.legacy))}});
  }
  object["redis_digest_sums"] = std::move(list);
}

void read_sum(const JsonCursor& value, Uint128& sum) {
  const std::string bytes = value.hex(16);
  for (const char byte : bytes) sum = sum << 8 | static_cast<uint8_t>(byte);
}

void read_sum(const JsonCursor& value, LtHash& sum) {
  const std::optional<std::string> bytes = from_base64(value.text());
  if (!bytes || !sum.set_bytes(*bytes)) value.reject("2048 bytes in base64");
}

void read_sum(const JsonCursor& value, Sha1& sum) {
  const std::string bytes = value.hex(sum.size());
  if (bytes.size() == sum.size()) std::ranges::copy(bytes, sum.begin());
}

template <class Sums>
std::map<uint64_t, Sums> read_fingerprint(
    const JsonCursor& object, FingerprintText (*render)(const std::map<uint64_t, Sums>&)) {
  std::map<uint64_t, Sums> databases;
  object.member("sums").each([&](const JsonCursor& one) {
    Sums& sums = databases[one.member("db").number()];
    if (sums.keys != 0) one.reject("one entry a database");
    sums.keys = one.member("keys").number();
    read_sum(one.member("content"), sums.content);
    read_sum(one.member("content_and_expiry"), sums.content_and_expiry);
  });
  const FingerprintText text = render(databases);
  if (object.member("algorithm").text() != text.algorithm) {
    object.member("algorithm").reject(text.algorithm);
  }
  if (object.member("content").text() != text.content ||
      object.member("content_and_expiry").text() != text.content_and_expiry) {
    object.reject("the fingerprint of its sums");
  }
  return databases;
}

std::map<uint64_t, DigestSums> read_digests(const JsonCursor& list) {
  std::map<uint64_t, DigestSums> databases;
  list.each([&](const JsonCursor& one) {
    DigestSums& sums = databases[one.member("db").number()];
    if (sums.keys != 0) one.reject("one entry a database");
    sums.keys = one.member("keys").number();
    sums.unavailable = one.member("unavailable").number();
    read_sum(one.member("redis_digest"), sums.modern);
    read_sum(one.member("redis_digest_legacy"), sums.legacy);
  });
  return databases;
}

KeyspaceSummary read_keyspace(const JsonCursor& object) {
  KeyspaceSummary keyspace;
  keyspace.keys = object.member("keys").number();
  keyspace.expires = object.member("expires").number();
  keyspace.expired = object.member("expired").number();
  object.member("databases").each([&](const JsonCursor& one) {
    DatabaseSummary& database = keyspace.databases[one.member("db").number()];
    if (database.keys != 0) one.reject("one entry a database");
    database.keys = one.member("keys").number();
    database.expires = one.member("expires").number();
    database.expired = one.member("expired").number();
    one.member("types").each_member([&](const std::string& name, const JsonCursor& count) {
      database.types[name] = count.number();
    });
  });
  object.member("types").each_member([&](const std::string& name, const JsonCursor& counts) {
    keyspace.types[name] = {counts.member("keys").number(), counts.member("elements").number(),
                            counts.member("bytes").number()};
  });
  object.member("encodings").each_member([&](const std::string& name, const JsonCursor& count) {
    keyspace.encodings[name] = count.number();
  });
  return keyspace;
}

}  // namespace

void put_contents(Json& object, const ContentsSummary& contents) {
  object["keyspace"] = keyspace_json(contents.keyspace);
  const FingerprintText fast = render_fast(contents.fast);
  if (contents.evidence) {
    object["fingerprint"] = fingerprint_json(contents.fingerprint(), *contents.evidence);
    object["fast_fingerprint"] = fingerprint_json(fast, contents.fast);
  } else {
    object["fingerprint"] = fingerprint_json(fast, contents.fast);
  }
  if (contents.digest) put_digests(object, *contents.digest);
}

Result<ContentsSummary> read_contents(const Json& object, const std::string& path, bool evidence,
                                      bool redis_digest) {
  JsonFailure failure;
  const JsonCursor root(object, path, failure);
  ContentsSummary contents;
  contents.keyspace = read_keyspace(root.member("keyspace"));
  if (evidence) contents.evidence = read_fingerprint(root.member("fingerprint"), &render_evidence);
  contents.fast =
      read_fingerprint(root.member(evidence ? "fast_fingerprint" : "fingerprint"), &render_fast);
  if (redis_digest) contents.digest = read_digests(root.member("redis_digest_sums"));
  if (failure) return fail(*failure);
  return contents;
}

}  // namespace rdbproof
