// Values of modules (type 7): known by name only, walked by their tokens.
#include "engine/rdb/module_tokens.h"
#include "engine/rdb/values.h"

namespace rdbproof {

void decode_module(ValueReader& value) {
  value.summary.encoding = "raw";
  const uint64_t module_id = read_length(value.in);
  const uint64_t offset = value.in.offset();
  if (value.in && module_type_name(module_id) == "vectorset") {
    if ((module_id & 1023) == 0) return decode_vector_set(value);
    value.path.leave_elements();
    return value.in.fail(Code::kUnsupportedValue, "a vector set of another encoding version");
  }
  ModuleToken token;
  while (next_module_token(value.in, token, value.out.arena(), value.file.limits)) {
    value.push({ElementKind::kToken,
                token.text.text,
                {},
                static_cast<uint64_t>(token.kind),
                token.number});
  }
  value.out.flush();
  value.remark_whole(Code::kOpaqueModule, offset, "type " + module_type_name(module_id));
}

}  // namespace rdbproof
