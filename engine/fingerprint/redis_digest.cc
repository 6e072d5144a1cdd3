#include "engine/fingerprint/redis_digest.h"

#include <bit>
#include <charconv>

#include "engine/encoding/double_text.h"

namespace rdbproof {
namespace {

constexpr Bytes kExpiryMark = "!!expire!!";
constexpr Bytes kFieldExpiryMark = "!!hexpire!!";
// A server walks every hole of an array too; beyond this many we give up.
constexpr uint64_t kMostHoles = uint64_t{1} << 24;

std::array<char, 4> big_endian(uint32_t number) {
  const uint32_t swapped = __builtin_bswap32(number);
  return std::bit_cast<std::array<char, 4>>(swapped);
}

void append_number(DigestState& state, uint32_t number) {
  const auto bytes = big_endian(number);
  state.append({bytes.data(), bytes.size()});
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

// Appends "<ms>.<sequence>", decimal.
void append_stream_id(DigestState& state, uint64_t ms, uint64_t sequence) {
  std::array<char, 48> text;
  char* end = std::to_chars(text.data(), text.data() + 20, ms).ptr;
  *end++ = '.';
  end = std::to_chars(end, end + 20, sequence).ptr;
  state.append({text.data(), static_cast<size_t>(end - text.data())});
}

DigestState scored(Bytes member, const std::string& score) {
  DigestState element;
  element.append(member);
  element.append(score);
  return element;
}

}  // namespace

void DigestState::exclude_or(const Sha1& other) {
  for (size_t i = 0; i < bytes_.size(); ++i) bytes_[i] ^= other[i];
}

void DigestState::combine(Bytes data) {
  exclude_or(sha1(data));
}

void DigestState::append(Bytes data) {
  combine(data);
  bytes_ = sha1(as_bytes(bytes_));
}

void KeyDigester::begin(const Key& key, bool with_name) {
  type_ = key.type;
  available_ = key.type != ValueType::kModule && key.type != ValueType::kSketch &&
               key.type != ValueType::kJson;
  modern_ = {};
  if (with_name) modern_.append(key.name);
  append_number(modern_, type_number(key.type));
  legacy_ = modern_;
  next_index_ = 0;
  tokens_ = 0;
  module_ = {};
  vector_.reset();
}

void KeyDigester::add(std::span<const Element> batch) {
  for (const Element& element : batch) add_one(element);
}

void KeyDigester::add_score(const Element& element) {
  const auto score = std::bit_cast<double>(element.x);
  modern_.combine(scored(element.a, grisu2_text(score)));
  legacy_.combine(scored(element.a, percent_17g_text(score)));
}

void KeyDigester::add_field(const Element& element) {
  DigestState field;
  field.append(element.a);
  field.append(element.b);
  if (marks_field_expiry_ && element.x != kNoExpiry) field.combine(kFieldExpiryMark);
  modern_.combine(field);
}

void KeyDigester::add_array_item(const Element& element) {
  if (element.x - next_index_ > kMostHoles) available_ = false;
  if (!available_) return;
  for (; next_index_ < element.x; ++next_index_) modern_.append("(null)");
  ++next_index_;
  modern_.append(element.a);
}

// Script and interval only; the tokens are script, start, interval, and then keys and arguments.
void KeyDigester::add_cron_token(const Element& element) {
  if (tokens_ == 0) cron_script_ = element.a;
  if (tokens_ == 2) {
    const auto interval = std::bit_cast<std::array<char, 8>>(element.y);
    modern_.append({interval.data(), interval.size()});
    modern_.append(cron_script_);
  }
  ++tokens_;
}

void KeyDigester::add_vector_set_info(const Element& element) {
  DigestState info;
  info.append(std::to_string(element.z));
  info.append(std::to_string(element.x));
  module_.combine(info);
}

void KeyDigester::end_vector() {
  if (vector_) module_.combine(*vector_);
  vector_.reset();
}

void KeyDigester::add_one(const Element& element) {
  switch (element.kind) {
    case ElementKind::kItem:
      return modern_.append(element.a);
    case ElementKind::kMember:
      return modern_.combine(element.a);
    case ElementKind::kScored:
      return add_score(element);
    case ElementKind::kField:
      return add_field(element);
    case ElementKind::kStreamEntry:
      return append_stream_id(modern_, element.x, element.y);
    case ElementKind::kStreamField:
      modern_.append(element.a);
      return modern_.append(element.b);
    case ElementKind::kArrayItem:
      return add_array_item(element);
    case ElementKind::kVectorSetInfo:
      return add_vector_set_info(element);
    case ElementKind::kVector:
      end_vector();
      vector_.emplace();
      vector_->append(element.b);
      return vector_->append(element.a);
    case ElementKind::kVectorAttribute:
      if (vector_) vector_->append(element.b);
      return;
    case ElementKind::kToken:
      if (type_ == ValueType::kCron) add_cron_token(element);
      return;
    default:
      return;  // what DEBUG DIGEST leaves out
  }
}

KeyDigests KeyDigester::finish(const Key& key) {
  if (type_ == ValueType::kVectorSet) {
    end_vector();
    modern_.combine(module_);
  }
  if (type_ != ValueType::kZset) legacy_ = modern_;
  if (key.has_expiry) {
    modern_.combine(kExpiryMark);
    legacy_.combine(kExpiryMark);
  }
  return {available_, modern_.bytes(), legacy_.bytes()};
}

void DigestSums::add(const KeyDigests& key) {
  ++keys;
  unavailable += key.available ? 0 : 1;
  modern.combine(as_bytes(key.modern));
  legacy.combine(as_bytes(key.legacy));
}

void DigestSums::merge(const DigestSums& other) {
  keys += other.keys;
  unavailable += other.unavailable;
  modern.exclude_or(other.modern.bytes());
  legacy.exclude_or(other.legacy.bytes());
}

DigestText render_digest(const std::map<uint64_t, DigestSums>& databases) {
  DigestState modern;
  DigestState legacy;
  for (const auto& [database, sums] : databases) {
    if (sums.keys == 0) continue;
    if (sums.unavailable != 0) return {};
    append_number(modern, static_cast<uint32_t>(database));
    append_number(legacy, static_cast<uint32_t>(database));
    modern.exclude_or(sums.modern.bytes());
    legacy.exclude_or(sums.legacy.bytes());
  }
  return {to_hex(as_bytes(modern.bytes())), to_hex(as_bytes(legacy.bytes()))};
}

}  // namespace rdbproof
