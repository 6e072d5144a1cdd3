// Values of modules (type 7): known by name only, walked by their tokens.
#include "engine/rdb/module_tokens.h"
#include "engine/rdb/values.h"

namespace rdbproof {

void decode_module(ValueReader& value) {
  value.summary.encoding = "raw";
  const uint64_t module_id = read_length(value.in);
  if (value.in && module_type_name(module_id) == "vectorset") {
    constexpr uint64_t kEncodingVersion = 0x3FF;  // the low bits of every module id
    if ((module_id & kEncodingVersion) == 0) return decode_vector_set(value);
    return value.in.fail(Code::kUnsupportedValue, "a version of vector sets that no server writes");
  }
  value.path.leave_elements();
  value.remark(Code::kOpaqueModule, value.in.offset(), "type " + module_type_name(module_id));
  ModuleToken token;
  while (next_module_token(value.in, token, value.out.arena(), value.file.limits)) {
    value.push({ElementKind::kToken,
                token.text.text,
                {},
                static_cast<uint64_t>(token.kind),
                token.number});
  }
  value.out.flush();
}

}  // namespace rdbproof
