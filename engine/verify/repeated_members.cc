#include "engine/verify/repeated_members.h"

#include <optional>
#include <string>

#include "engine/fingerprint/fast_value.h"
#include "engine/rdb/record_decoder.h"
#include "engine/rdb/value_reader.h"

namespace rdbproof {
namespace {

// Counts from 1; 0: not among these.
struct MemberPlace {
  uint64_t member = 0;
  uint64_t group = 0;
  uint64_t consumer = 0;

  std::string text(std::string_view noun) const {
    if (group == 0) return ElementPath(noun).text(member - 1);
    ElementPath path("");
    path.at(0, "group", group - 1);
    if (consumer != 0) path.at(1, "consumer", consumer - 1);
    return path.text(0);
  }
};

// Tells for each element which member it is, if it is one, and where it stands.
class MemberPlaces {
 public:
  // Must see every element of the value.
  std::optional<Mark> next(const Element& element) {
    switch (element.kind) {
      case ElementKind::kMember:
      case ElementKind::kField:
      case ElementKind::kScored:
      case ElementKind::kVector:
        ++place_.member;
        return member_mark(element.a);
      case ElementKind::kStreamGroup:
        group_ = element.a;
        ++place_.group;
        place_.consumer = 0;
        return member_mark(element.a);
      case ElementKind::kStreamConsumer:
        ++place_.consumer;
        return consumer_mark(group_, element.a);
      default:
        return {};
    }
  }
  // Of the member seen last.
  const MemberPlace& place() const { return place_; }

 private:
  MemberPlace place_;
  std::string group_;
};

class Locator final : public EventSink {
 public:
  Locator(const std::vector<RepeatedMember>& repeated, FindingLog& log)
      : repeated_(repeated), log_(log) {}

  void begin_key(const Key& key) override {
    ++key_number_;
    while (next_ < repeated_.size() && repeated_[next_].key_number < key_number_) ++next_;
    wanted_ = next_ < repeated_.size() && repeated_[next_].key_number == key_number_;
    if (!wanted_) return;
    noun_ = element_noun(key.type);
    places_ = {};
    first_.reset();
  }
  void elements(const Key& /*key*/, std::span<const Element> batch) override {
    for (const Element& element : batch) {
      if (wanted_) look_at(element);
    }
  }

 private:
  void look_at(const Element& element) {
    if (places_.next(element) != repeated_[next_].mark) return;
    MemberPlace second = places_.place();
    if (!first_) {
      first_ = second;
      return;
    }
    // The same consumer in two groups: these have the same name.
    if (first_->group != second.group) first_->consumer = second.consumer = 0;
    Finding& finding = log_.kept(repeated_[next_].finding);
    finding.path = second.text(noun_);
    finding.detail = "first at " + first_->text(noun_);
    wanted_ = false;
  }

  const std::vector<RepeatedMember>& repeated_;
  FindingLog& log_;
  uint64_t key_number_ = 0;
  size_t next_ = 0;
  bool wanted_ = false;  // the key at hand is repeated_[next_], not yet settled
  std::string_view noun_;
  MemberPlaces places_;
  std::optional<MemberPlace> first_;
};

}  // namespace

void locate_repeated_members(const FileContext& file, const Frame& frame,
                             const std::vector<RepeatedMember>& repeated, FindingLog& log) {
  Locator locator(repeated, log);
  RecordDecoder decoder(file, locator);
  visit_records(frame, [&](Bytes records, uint64_t offset) { decoder.decode(records, offset); });
}

}  // namespace rdbproof
