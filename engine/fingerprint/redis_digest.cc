#include "engine/fingerprint/redis_digest.h"

#include <bit>
#include <charconv>
#include <utility>

#include "engine/encoding/double_text.h"

namespace rdbproof {
namespace {

// A server walks every hole of an array too; beyond this many we give up.
constexpr uint64_t kMostHoles = uint64_t{1} << 24;

std::array<char, 4> big_endian(uint32_t number) {
  const uint32_t swapped = __builtin_bswap32(number);
  return std::bit_cast<std::array<char, 4>>(swapped);
}

// Redis src/server.h OBJ_STRING ...; 7 is ARRAY in Redis 8.8 and CRON in KeyDB.
uint32_t type_number(ValueType type) {
  switch (type) {
    case ValueType::kString:
    case ValueType::kJson:
      return 0;
    case ValueType::kList:
      return 1;
    case ValueType::kSet:
      return 2;
    case ValueType::kZset:
      return 3;
    case ValueType::kHash:
      return 4;
    case ValueType::kStream:
      return 6;
    case ValueType::kArray:
    case ValueType::kCron:
      return 7;
    default:
      return 5;  // modules, vector sets among them
  }
}

constexpr size_t kTypeNumbers = 8;

Sha1 hash_number(uint32_t number) {
  const auto bytes = big_endian(number);
  return sha1({bytes.data(), bytes.size()});
}

// d = SHA1(d ^ SHA1(data))
void append_hash(Sha1& digest, const Sha1& hash) {
  exclude_or(digest, hash);
  digest = sha1(as_bytes(digest));
}

const Sha1& type_hash(ValueType type) {
  static const auto hashes = [] {
    std::array<Sha1, kTypeNumbers> all;
    for (uint32_t number = 0; number < kTypeNumbers; ++number) all[number] = hash_number(number);
    return all;
  }();
  return hashes[type_number(type)];
}

const Sha1& expiry_hash() {
  static const Sha1 hash = sha1("!!expire!!");
  return hash;
}

const Sha1& field_expiry_hash() {
  static const Sha1 hash = sha1("!!hexpire!!");
  return hash;
}

const Sha1& hole_hash() {
  static const Sha1 hash = sha1("(null)");
  return hash;
}

}  // namespace

KeyDigester::KeyDigester(bool marks_field_expiry) : marks_field_expiry_(marks_field_expiry) {
  keys_.reserve(kMostKeys);
}

void KeyDigester::begin(const Key& key, bool with_name) {
  if (keys_.size() == kMostKeys || !chains_.has_room(2)) settle();
  PendingKey& pending = keys_.emplace_back();
  pending.type = key.type;
  pending.available = key.type != ValueType::kModule && key.type != ValueType::kSketch &&
                      key.type != ValueType::kJson;
  chains_.begin({}, pending.state);
  if (with_name) chains_.append(key.name);
  chains_.append_hash(type_hash(key.type));
  next_index_ = 0;
  tokens_ = 0;
  after_vector_ = false;
}

void KeyDigester::add(std::span<const Element> batch) {
  for (const Element& element : batch) add_one(element);
}

// The current key's chain is begun anew where the room was made, to be appended to.
void KeyDigester::make_room(size_t inputs) {
  if (chains_.has_room(inputs)) return;
  settle();
  chains_.begin(key().state, key().state);
}

void KeyDigester::append(Bytes data) {
  make_room(1);
  chains_.append(data);
}

void KeyDigester::append_hash(const Sha1& hash) {
  make_room(1);
  chains_.append_hash(hash);
}

// "<ms>.<sequence>", decimal.
void KeyDigester::append_stream_id(const Element& element) {
  std::array<char, 48> text;
  char* end = std::to_chars(text.data(), text.data() + 20, element.x).ptr;
  *end++ = '.';
  end = std::to_chars(end, end + 20, element.y).ptr;
  append({text.data(), static_cast<size_t>(end - text.data())});
}

void KeyDigester::add_score(const Element& element) {
  const auto score = std::bit_cast<double>(element.x);
  std::array<char, kMostDoubleText> modern_text;
  std::array<char, kMostDoubleText> legacy_text;
  const Bytes modern(modern_text.data(), write_grisu2(modern_text.data(), score));
  const Bytes legacy(legacy_text.data(), write_percent_17g(legacy_text.data(), score));
  const bool equal = modern == legacy;
  make_room(3);
  chains_.add_pair(element.a, modern, equal ? key().both : key().modern);
  if (!equal) chains_.add_second(legacy, key().legacy);
}

void KeyDigester::add_field(const Element& element) {
  make_room(2);
  const bool is_marked = marks_field_expiry_ && element.x != kNoExpiry;
  if (!is_marked) return chains_.add_pair(element.a, element.b, key().both);
  chains_.begin_element(key().both, field_expiry_hash());
  chains_.append(element.a);
  chains_.append(element.b);
}

void KeyDigester::add_array_item(const Element& element) {
  if (element.x - next_index_ > kMostHoles) key().available = false;
  if (!key().available) return;
  for (; next_index_ < element.x; ++next_index_) append_hash(hole_hash());
  ++next_index_;
  append(element.a);
}

// Script and interval only; the tokens are script, start, interval, and then keys and arguments.
void KeyDigester::add_cron_token(const Element& element) {
  if (tokens_ == 0) cron_script_ = element.a;
  if (tokens_ == 2) {
    const auto interval = std::bit_cast<std::array<char, 8>>(element.y);
    append({interval.data(), interval.size()});
    append(cron_script_);
  }
  ++tokens_;
}

void KeyDigester::add_vector_set_info(const Element& element) {
  make_room(2);
  chains_.add_pair(std::to_string(element.z), std::to_string(element.x), key().module);
}

void KeyDigester::add_vector(const Element& element) {
  make_room(3);  // for the attribute too
  static constexpr Sha1 kNoMark{};
  chains_.begin_element(key().module, kNoMark);
  chains_.append(element.b);
  chains_.append(element.a);
  after_vector_ = true;
}

void KeyDigester::add_attribute(const Element& element) {
  if (after_vector_) chains_.append(element.b);
  after_vector_ = false;
}

void KeyDigester::add_one(const Element& element) {
  switch (element.kind) {
    case ElementKind::kItem:
      return append(element.a);
    case ElementKind::kMember:
      return chains_.combine(element.a, key().both);
    case ElementKind::kScored:
      return add_score(element);
    case ElementKind::kField:
      return add_field(element);
    case ElementKind::kStreamEntry:
      return append_stream_id(element);
    case ElementKind::kStreamField:
      append(element.a);
      return append(element.b);
    case ElementKind::kArrayItem:
      return add_array_item(element);
    case ElementKind::kVectorSetInfo:
      return add_vector_set_info(element);
    case ElementKind::kVector:
      return add_vector(element);
    case ElementKind::kVectorAttribute:
      return add_attribute(element);
    case ElementKind::kToken:
      if (key().type == ValueType::kCron) add_cron_token(element);
      return;
    default:
      return;  // what DEBUG DIGEST leaves out
  }
}

void KeyDigester::end(const Key& key) {
  if (key.has_expiry) exclude_or(this->key().both, expiry_hash());
}

KeyDigests KeyDigester::finish(const Key& key) {
  end(key);
  settle();
  return this->key().digests();
}

void KeyDigester::finish_later(const Key& key) {
  end(key);
  this->key().counts = true;
}

DigestSums KeyDigester::take_sums() {
  settle();
  return std::exchange(sums_, {});
}

// Once all chains have run.
KeyDigests KeyDigester::PendingKey::digests() const {
  KeyDigests result{available, state, {}};
  exclude_or(result.modern, both);
  if (type == ValueType::kVectorSet) exclude_or(result.modern, sha1(as_bytes(module)));
  result.legacy = result.modern;
  exclude_or(result.modern, modern);
  exclude_or(result.legacy, legacy);
  return result;
}

void KeyDigester::add_up() {
  Sha1 equal{};
  for (PendingKey& pending : keys_) {
    if (!std::exchange(pending.counts, false)) continue;
    const KeyDigests digests = pending.digests();
    ++sums_.keys;
    sums_.unavailable += digests.available ? 0 : 1;
    if (digests.modern == digests.legacy) {
      chains_.combine(digests.modern, equal);
    } else {
      chains_.combine(digests.modern, sums_.modern);
      chains_.combine(digests.legacy, sums_.legacy);
    }
  }
  chains_.run();
  exclude_or(sums_.modern, equal);
  exclude_or(sums_.legacy, equal);
}

// Of the keys only the current one stays.
void KeyDigester::settle() {
  chains_.run();
  add_up();
  if (keys_.size() > 1) keys_.erase(keys_.begin(), keys_.end() - 1);
}

void DigestSums::merge(const DigestSums& other) {
  keys += other.keys;
  unavailable += other.unavailable;
  exclude_or(modern, other.modern);
  exclude_or(legacy, other.legacy);
}

DigestText render_digest(const std::map<uint64_t, DigestSums>& databases) {
  Sha1 modern{};
  Sha1 legacy{};
  for (const auto& [database, sums] : databases) {
    if (sums.keys == 0) continue;
    if (sums.unavailable != 0) return {};
    const Sha1 number = hash_number(static_cast<uint32_t>(database));
    append_hash(modern, number);
    append_hash(legacy, number);
    exclude_or(modern, sums.modern);
    exclude_or(legacy, sums.legacy);
  }
  return {to_hex(as_bytes(modern)), to_hex(as_bytes(legacy))};
}

}  // namespace rdbproof
