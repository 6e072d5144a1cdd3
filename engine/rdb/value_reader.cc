#include "engine/rdb/value_reader.h"

namespace rdbproof {

std::string ElementPath::text(uint64_t elements) const {
  std::string out;
  const auto add = [&out](std::string_view what, uint64_t number) {
    if (!out.empty()) out += ", ";
    out += what;
    out += ' ';
    out += std::to_string(number);
  };
  for (size_t i = 0; i < depth_; ++i) add(steps_[i].what, steps_[i].number);
  if (!noun_.empty()) add(noun_, elements);
  return out;
}

void ValueReader::remark(Code code, uint64_t offset, std::string detail) {
  constexpr size_t kMostRemarks = 16;  // what else is wrong with one value is of little interest
  if (remarks.size() == kMostRemarks) return;
  Finding finding{code, offset, kNoDatabase, false, {}, std::move(detail)};
  finding.path = path.text(summary.elements);
  remarks.push_back(std::move(finding));
}

void ValueReader::remark_oddity() {
  remark_whole(Code::kNotCanonical, in.oddity_offset(), in.oddity());
  in.forget_oddity();
}

void ValueReader::remark_whole(Code code, uint64_t offset, std::string detail) {
  path.leave_elements();
  remark(code, offset, std::move(detail));
}

}  // namespace rdbproof
