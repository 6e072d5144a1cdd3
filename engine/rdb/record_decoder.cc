#include "engine/rdb/record_decoder.h"

#include <charconv>

#include "engine/rdb/keydb_aux.h"
#include "engine/rdb/module_tokens.h"
#include "engine/rdb/value_slices.h"

namespace rdbproof {

RecordDecoder::RecordDecoder(const FileContext& file, EventSink& sink)
    : state_{.file = file, .sink = sink, .arena = {}, .attributes = {}}, batch_(sink) {}

void RecordDecoder::decode(Bytes frame, uint64_t offset) {
  Cursor in(frame, offset);
  while (in && !in.at_end() && !state_.ended) read_record(in);
  if (!in) state_.report(in.code(), in.offset(), in.detail());
}

std::optional<uint64_t> RecordDecoder::decode_to(Bytes bytes, uint64_t offset, uint64_t stop) {
  Cursor in(bytes, offset);
  while (in && !in.at_end() && !state_.ended && (in.offset() < stop || key_follows_)) {
    read_record(in);
  }
  const bool is_whole = state_.ended || (in.offset() >= stop && !key_follows_);
  if (!in || !is_whole) return std::nullopt;
  return in.offset();
}

void RecordDecoder::read_record(Cursor& in) {
  const Cursor start = in;
  state_.record_offset = in.offset();
  const RdbRow* const row = state_.file.rows[in.u8()];
  if (row == nullptr) return in.fail_at(Code::kUnknownOpcode, state_.record_offset, "");
  if (row->skip == nullptr) return in.fail_at(row->refusal, state_.record_offset, row->name.data());
  state_.used.add(row->byte, state_.record_offset);
  if (row->role == RowRole::kValue) {
    read_key(*row, in);
    state_.attributes = {};
    key_follows_ = false;
  } else {
    key_follows_ |= is_about_next_key(*row, start);
    read_other(*row, in);
    if (in.oddity() != nullptr) [[unlikely]]
      report_oddity(in);
  }
}

void RecordDecoder::read_other(const RdbRow& row, Cursor& in) {
  KeyAttributes& attributes = state_.attributes;
  if (row.role == RowRole::kAttribute) {
    if (!attributes.present) attributes.offset = state_.record_offset;
    if (attributes.has_metadata) attributes.oddities |= KeyAttributes::kAfterMetadata;
    attributes.present = true;
  } else if (attributes.present && row.role != RowRole::kAux) {
    report_misplaced(state_, row.name);
  }
  state_.arena.reset();
  const Cursor start = in;
  if (row.handle == nullptr) {
    row.skip(in, state_.file);
    if (row.refusal != Code::kNone) state_.report(row.refusal, state_.record_offset);
  } else {
    row.handle(state_, in);
  }
  if (!in) return report_lost(in, start, row);
  if (row.role != RowRole::kAttribute) {
    state_.sink.other_record({row.byte, state_.record_offset, in.offset()});
  }
}

// If the record has a frame it ends where its layout says.
void RecordDecoder::report_lost(Cursor& in, const Cursor& start, const RdbRow& row) {
  Finding finding{in.code(), in.offset(), state_.database, false, {}, in.detail()};
  in = start;
  row.skip(in, state_.file);
  in.forget_oddity();
  finding.lost_from = state_.record_offset;
  finding.lost_bytes = in.offset() - state_.record_offset;
  state_.sink.finding(std::move(finding));
}

void RecordDecoder::report_oddity(Cursor& in) {
  state_.report(Code::kNotCanonical, in.oddity_offset(), in.oddity());
  in.forget_oddity();
}

void RecordDecoder::read_key(const RdbRow& row, Cursor& in) {
  name_arena_.reset();
  const Cursor start = in;
  Key key;
  key.offset = state_.attributes.present ? state_.attributes.offset : state_.record_offset;
  key.name = read_string(in, name_arena_, state_.file.limits).text;
  key.type = row.type;
  key.has_expiry = state_.attributes.has_expiry;
  key.expire_at_ms = state_.attributes.expire_at_ms;
  if (!in) {
    Cursor value = start;
    skip_string(value);
    report_lost(in, value, row);
    return;
  }
  if (state_.attributes.oddities != 0) [[unlikely]]
    report_oddities(state_, key.name);
  if (row.type == ValueType::kModule) identify_module(in, key);
  read_value(row, in, key);
}

void RecordDecoder::identify_module(Cursor in, Key& key) {
  module_type_ = module_type_name(read_length(in));
  if (module_type_ == "vectorset") {
    key.type = ValueType::kVectorSet;
  } else {
    key.module_type = module_type_;
  }
}

void RecordDecoder::read_value(const RdbRow& row, Cursor& in, const Key& key) {
  state_.sink.begin_key(key);
  if (!state_.sink.wants_value(key)) return row.skip(in, state_.file);
  const Cursor start = in;
  const ElementKind item_kind =
      row.type == ValueType::kSet ? ElementKind::kMember : ElementKind::kItem;
  ValueReader value{in,          state_.file, batch_,
                    blob_arena_, item_kind,   ElementPath(element_noun(key.type))};
  value.summary.encoding = row.encoding;
  batch_.begin(key);
  if (row.decode == nullptr) {
    in.fail_at(row.refusal, key.offset, row.name.data());
  } else if (row.slicing.decode == nullptr || !decode_in_slices(row, value, key)) {
    row.decode(value);
  }
  if (in.peek() == kAuxByte) read_member_expiries(value);
  if (in) return finish_value(value, key);
  Finding finding{in.code(), in.offset(),           state_.database,
                  true,      std::string(key.name), in.detail()};
  finding.path = value.path.text(value.summary.elements);
  in = start;
  row.skip(in, state_.file);
  in.forget_oddity();
  finding.lost_from = key.offset;
  finding.lost_bytes = in.offset() - key.offset;
  state_.sink.finding(std::move(finding));
  state_.sink.drop_key(key);
}

bool RecordDecoder::decode_in_slices(const RdbRow& row, ValueReader& value, const Key& key) {
  ValueSlices slices(row, state_.file, key, value.in);
  if (!slices.are_worthwhile() || value.in.oddity() != nullptr) return false;
  if (!state_.sink.take_slices(key, slices)) return false;
  value.in = slices.end();
  value.summary.elements = slices.content().elements;
  value.summary.bytes = slices.content().bytes;
  return true;
}

void RecordDecoder::finish_value(ValueReader& value, const Key& key) {
  value.summary.bytes += batch_.bytes();
  batch_.flush();
  if (value.in.oddity() != nullptr) [[unlikely]]
    value.remark_oddity();
  for (Finding& remark : value.remarks) {
    remark.database = state_.database;
    remark.has_key = true;
    remark.key = key.name;
    state_.sink.finding(std::move(remark));
  }
  if (value.summary.elements == 0 && is_container(key.type)) {
    state_.sink.finding(
        {Code::kEmptyContainer, key.offset, state_.database, true, std::string(key.name), {}});
    return state_.sink.drop_key(key);
  }
  value.summary.end_offset = value.in.offset();
  state_.sink.end_key(key, value.summary);
}

// The expiries are in milliseconds; those of the key itself have its own name as member.
void RecordDecoder::read_member_expiries(ValueReader& value) {
  Cursor& in = value.in;
  while (in && is_aux_named(in, kMemberAux)) {
    in.skip(1);
    skip_string(in);
    const Bytes member = value.read_text().text;
    if (!is_aux_named(in, kMemberExpiryAux)) {
      return in.fail(Code::kBadKeyMetadata, "a member's expiry is missing");
    }
    in.skip(1);
    skip_string(in);
    const Bytes text = value.read_text().text;
    uint64_t expiry = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), expiry);
    if (error != std::errc() || end != text.data() + text.size()) {
      return in.fail(Code::kBadKeyMetadata, "a member's expiry is not a number");
    }
    ++value.summary.expiring_elements;
    value.out.push({ElementKind::kMemberExpiry, member, {}, expiry}, 0);
  }
}

}  // namespace rdbproof
