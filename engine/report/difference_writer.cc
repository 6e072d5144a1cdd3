#include "engine/report/difference_writer.h"

#include <string_view>

#include "engine/base/text.h"
#include "engine/io/temporary.h"
#include "engine/report/diff_report.h"

namespace rdbproof {
namespace {

constexpr size_t kBufferBytes = size_t{1} << 20;

// RFC 4180. Programs for tables take what begins with these for a formula: an apostrophe before it
// prevents that.
std::string csv_cell(std::string text) {
  if (!text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos) {
    text.insert(text.begin(), '\'');
  }
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

std::string csv_expiry(const std::optional<int64_t>& expire_at_ms) {
  return expire_at_ms ? std::to_string(*expire_at_ms) : std::string();
}

}  // namespace

Result<std::unique_ptr<DifferenceWriter>> DifferenceWriter::create(const std::string& path,
                                                                   bool replace, bool show_values) {
  const bool is_csv = path.ends_with(".csv");
  if (!is_csv && !path.ends_with(".ndjson")) {
    return fail("cannot tell the format of " + display_name(path) + " by its name",
                "name it .ndjson or .csv");
  }
  TRY(OutputFile file, OutputFile::create(path, replace));
  std::unique_ptr<DifferenceWriter> writer(
      new DifferenceWriter(std::move(file), path, is_csv, show_values));
  if (is_csv) writer->buffer_ = "kind,db,key,type,type_b,expire_at_ms_a,expire_at_ms_b\r\n";
  return writer;
}

Result<void> DifferenceWriter::add(const NamedDifference& difference) {
  if (is_csv_) {
    add_csv(difference);
  } else {
    buffer_ += escape_json_text(difference_json(difference, show_values_).dump()) + "\n";
  }
  return buffer_.size() < kBufferBytes ? Result<void>() : flush();
}

void DifferenceWriter::add_csv(const NamedDifference& difference) {
  buffer_ += name_of(difference.kind);
  buffer_ += ',' + std::to_string(difference.database);
  buffer_ += ',' + csv_cell(escape_for_terminal(difference.name));
  buffer_ += ',' + csv_cell(escape_for_terminal(difference.type));
  buffer_ += ',' + csv_cell(escape_for_terminal(difference.type_b));
  buffer_ += ',' + csv_expiry(difference.expire_at_ms_a);
  buffer_ += ',' + csv_expiry(difference.expire_at_ms_b) + "\r\n";
}

Result<void> DifferenceWriter::flush() {
  const int error = write_at(file_.descriptor(), buffer_, written_);
  if (error != 0) return fail("cannot write " + display_name(path_) + ": " + errno_text(error));
  written_ += buffer_.size();
  buffer_.clear();
  return {};
}

Result<void> DifferenceWriter::commit() {
  TRY_VOID(flush());
  return file_.commit();
}

}  // namespace rdbproof
