// Decodes the slices of one value at the same time.
#pragma once

#include "engine/fingerprint/fast_value.h"
#include "engine/model/sliced_value.h"
#include "engine/scan/stage_profile.h"

namespace rdbproof {

// Fingerprints the value into `into`, which has just begun it, and compares its members, for whose
// marks `storage` is; `profile` may be null. False: `into` must begin the value anew, and take it
// in one piece. In the task arena of the caller.
bool decode_slices(SlicedValue& value, const MarkStorage& storage, StageProfile* profile,
                   FastValue& into);

}  // namespace rdbproof
