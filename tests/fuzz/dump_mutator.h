// Mutation of whole files and of runs of records. The checksum is right again in most mutants of a
// file.
#pragma once

#include <string>

#include "engine/rdb/file_context.h"
#include "tests/fuzz/target.h"

namespace rdbproof::fuzz {

std::string mutate_dump(Bytes input, const Mutation& mutation);

// Records of a file of this kind, without what stands around them.
std::string mutate_records(const FileContext& file, Bytes records, const Mutation& mutation);

}  // namespace rdbproof::fuzz
