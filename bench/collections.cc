#include "bench/collections.h"

#include <algorithm>
#include <limits>

namespace rdbproof::bench {
namespace {

constexpr uint8_t kSet = 2;
constexpr uint8_t kHash = 4;
constexpr uint8_t kZset2 = 5;
constexpr uint8_t kSetIntset = 11;
constexpr uint8_t kZsetZiplist = 12;
constexpr uint8_t kHashZiplist = 13;
constexpr uint8_t kListQuicklist = 14;
constexpr uint8_t kHashListpack = 16;
constexpr uint8_t kZsetListpack = 17;
constexpr uint8_t kListQuicklist2 = 18;
constexpr uint8_t kSetListpack = 20;
constexpr uint8_t kHashMetadata = 24;

constexpr uint64_t kNodePlain = 1;
constexpr uint64_t kNodePacked = 2;
constexpr size_t kNodeBytes = 8192;
constexpr size_t kEntryOverhead = 12;
constexpr uint64_t kFirstFieldExpiry = 4070908800000;

Bytes element_name(Emitter& emit, uint64_t index, const Shape& shape) {
  const size_t length = emit.random.between(shape.shortest, shape.longest);
  return emit.name("m:").digits(index, 7).text(emit.random, std::min<size_t>(length, 48));
}

Bytes field_name(Emitter& emit, uint64_t index) {
  return emit.name("f:").digits(index, 7);
}

template <typename T>
void append_sorted_integers(Emitter& emit, std::string& blob, uint64_t count) {
  const uint64_t step = std::numeric_limits<T>::max() / (count + 1);
  const uint64_t largest_step = std::min<uint64_t>(step, 0xffffffff);
  int64_t value = -static_cast<int64_t>(emit.random.below(largest_step));
  if constexpr (sizeof(T) > 4) value = std::numeric_limits<int32_t>::max();
  if constexpr (sizeof(T) == 4) value += std::numeric_limits<int16_t>::max();
  for (uint64_t index = 0; index < count; ++index) {
    value += static_cast<int64_t>(emit.random.between(1, largest_step / 2));
    const auto narrow = static_cast<T>(value);
    blob.append(reinterpret_cast<const char*>(&narrow), sizeof narrow);
  }
}

template <typename T>
void append_intset(Emitter& emit, uint64_t count) {
  std::string& blob = emit.work.blob;
  const uint32_t header[2] = {sizeof(T), static_cast<uint32_t>(count)};
  blob.assign(reinterpret_cast<const char*>(header), sizeof header);
  append_sorted_integers<T>(emit, blob, count);
  emit.out.string(blob);
}

}  // namespace

void packed_hash(Emitter& emit, const Shape& shape) {
  emit.key(emit.has_listpacks() ? kHashListpack : kHashZiplist, shape.prefix, shape.number);
  PackedWriter& packed = emit.work.packed;
  packed.clear();
  for (uint64_t index = 0; index < shape.count; ++index) {
    packed.append(field_name(emit, index));
    emit.append_value(packed, shape.shortest, shape.longest);
  }
  emit.out.string(packed.finish());
}

void table_hash(Emitter& emit, const Shape& shape) {
  emit.key(kHash, shape.prefix, shape.number);
  emit.out.length(shape.count);
  for (uint64_t index = 0; index < shape.count; ++index) {
    emit.out.string(field_name(emit, index));
    emit.out.string(emit.value(shape.shortest, shape.longest));
  }
}

void expiring_hash(Emitter& emit, const Shape& shape) {
  emit.key(kHashMetadata, shape.prefix, shape.number);
  emit.out.u64_le(kFirstFieldExpiry);
  emit.out.length(shape.count);
  for (uint64_t index = 0; index < shape.count; ++index) {
    // Lengths are the distance to the earliest expiry plus one, so the first field has a 1.
    emit.out.length(index % 2 != 0 ? 0 : 1 + index * 1000);
    emit.out.string(field_name(emit, index));
    emit.out.string(emit.value(shape.shortest, shape.longest));
  }
}

void integer_set(Emitter& emit, const Shape& shape) {
  emit.key(kSetIntset, shape.prefix, shape.number);
  switch (emit.random.below(3)) {
    case 0:
      return append_intset<int16_t>(emit, shape.count);
    case 1:
      return append_intset<int32_t>(emit, shape.count);
    default:
      return append_intset<int64_t>(emit, shape.count);
  }
}

void small_set(Emitter& emit, const Shape& shape) {
  if (emit.work.version < kFirstSetListpackVersion) return table_set(emit, shape);
  emit.key(kSetListpack, shape.prefix, shape.number);
  PackedWriter& packed = emit.work.packed;
  packed.clear();
  for (uint64_t index = 0; index < shape.count; ++index) {
    packed.append(element_name(emit, index, shape));
  }
  emit.out.string(packed.finish());
}

void table_set(Emitter& emit, const Shape& shape) {
  emit.key(kSet, shape.prefix, shape.number);
  emit.out.length(shape.count);
  for (uint64_t index = 0; index < shape.count; ++index) {
    emit.out.string(element_name(emit, index, shape));
  }
}

void packed_zset(Emitter& emit, const Shape& shape) {
  emit.key(emit.has_listpacks() ? kZsetListpack : kZsetZiplist, shape.prefix, shape.number);
  PackedWriter& packed = emit.work.packed;
  packed.clear();
  const bool fractions = emit.random.one_in(2);
  uint64_t score = emit.random.below(1000);
  for (uint64_t index = 0; index < shape.count; ++index) {
    packed.append(element_name(emit, index, shape));
    score += emit.random.below(5000);
    const size_t width = score < 10 ? 1 : score < 1000 ? 3 : 7;
    Bytes printed = emit.name("").digits(score, width);
    while (printed.size() > 1 && printed[0] == '0') printed.remove_prefix(1);
    if (fractions) {
      std::string& text = emit.work.blob;
      text.assign(printed);
      text.append(".25");
      printed = text;
    }
    packed.append(printed);
  }
  emit.out.string(packed.finish());
}

// Redis writes the highest score first.
void table_zset(Emitter& emit, const Shape& shape) {
  emit.key(kZset2, shape.prefix, shape.number);
  emit.out.length(shape.count);
  double score = 1e9;
  for (uint64_t index = 0; index < shape.count; ++index) {
    emit.out.string(element_name(emit, index, shape));
    emit.out.double_le(score);
    score -= static_cast<double>(emit.random.below(1 << 20)) / 1024;
  }
}

void list(Emitter& emit, const Shape& shape) {
  const bool second_form = emit.has_listpacks();
  emit.key(second_form ? kListQuicklist2 : kListQuicklist, shape.prefix, shape.number);
  const uint64_t node_count = (kNodeBytes - 32) / (shape.longest + kEntryOverhead);
  emit.out.length((shape.count + node_count - 1) / node_count);
  PackedWriter& packed = emit.work.packed;
  for (uint64_t done = 0; done < shape.count;) {
    packed.clear();
    const uint64_t end = std::min(done + node_count, shape.count);
    for (; done < end; ++done) emit.append_value(packed, shape.shortest, shape.longest);
    if (second_form) emit.out.length(kNodePacked);
    emit.out.string(packed.finish());
  }
}

void plain_list(Emitter& emit, Bytes prefix, uint64_t number) {
  emit.key(kListQuicklist2, prefix, number);
  emit.out.length(1);
  emit.out.length(kNodePlain);
  emit.out.string(emit.text(kNodeBytes + emit.random.below(4000)));
}

}  // namespace rdbproof::bench
