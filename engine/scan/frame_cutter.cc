#include "engine/scan/frame_cutter.h"

#include <algorithm>
#include <string>

namespace rdbproof {
namespace {

constexpr uint64_t kChecksumBytes = 8;
constexpr uint64_t kSyncMarkBytes = 40;
// How far a boundary is searched at a time.
constexpr uint64_t kSearchStep = uint64_t{256} << 10;

bool is_sync_mark(Bytes tail) {
  return tail.size() == kSyncMarkBytes && std::ranges::all_of(tail, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

bool is_command_log(Bytes tail) {
  return tail.size() > 1 &&
         (tail[0] == '#' || (tail[0] == '*' && tail[1] >= '0' && tail[1] <= '9'));
}

// What a tail that should not be there looks like from its first bytes.
std::string_view look_of_tail(Bytes head) {
  if (head.starts_with("REDIS0") || head.starts_with("VALKEY")) {
    return ", which begin like another RDB file";
  }
  if (is_command_log(head)) return ", which begin like an append-only log";
  return "";
}

}  // namespace

FrameCutter::FrameCutter(Input& input, uint64_t frame_bytes)
    : window_(make_window(input, frame_bytes)), frame_bytes_(frame_bytes) {}

void FrameCutter::report(Code code, uint64_t offset, std::string detail) {
  summary_.findings.push_back({code, offset, kNoDatabase, false, {}, std::move(detail)});
}

Result<void> FrameCutter::require(uint64_t bytes) {
  while (window_->bytes().size() < bytes && !window_->is_last()) {
    TRY_VOID(window_->grow());
  }
  return {};
}

Result<bool> FrameCutter::open(const Limits& limits) {
  Prologue prologue = read_prologue(window_->bytes(), window_->is_last(), limits);
  while (prologue.state == PrologueState::kNeedMore) {
    TRY_VOID(window_->grow());
    prologue = read_prologue(window_->bytes(), window_->is_last(), limits);
  }
  file_ = std::move(prologue.file);
  if (prologue.state == PrologueState::kRead) {
    search_.emplace(file_);
    return true;
  }
  // A source that could not even be unpacked has no magic to speak of.
  const std::optional<Finding> damage = window_->damage();
  summary_.findings.push_back(damage ? *damage : prologue.finding);
  summary_.total_bytes = window_->bytes().size();
  return false;
}

Result<void> FrameCutter::resume_at(uint64_t offset, bool at_end) {
  const Result<Frame> passed = window_->take(offset - window_->offset());
  if (!passed) return tl::unexpected(passed.error());
  state_ = at_end ? State::kDone : State::kRecords;
  return at_end ? read_footer() : Result<void>();
}

Result<std::optional<Frame>> FrameCutter::next() {
  switch (state_) {
    case State::kHeader:
      return cut_header();
    case State::kRecords:
      return cut_records();
    case State::kSearch:
      return cut_search();
    case State::kUnread:
      return cut_unread();
    case State::kDone:
      break;
  }
  return std::optional<Frame>();
}

Result<std::optional<Frame>> FrameCutter::cut_header() {
  state_ = State::kRecords;
  TRY(Frame frame, window_->take(kHeaderBytes));
  frame.has_records = false;
  return std::optional<Frame>(std::move(frame));
}

// Records up to the aim, and over short gaps between them.
Result<std::optional<Frame>> FrameCutter::cut_records() {
  Frame frame;
  uint64_t length = 0;
  bool is_done = false;
  while (!is_done) {
    const Framing framing =
        frame_records(file_, window_->bytes().substr(length), window_->offset() + length,
                      window_->is_last(), frame_bytes_ - length);
    length += framing.length;
    is_done = framing.end_seen || length >= frame_bytes_;
    if (framing.end_seen) state_ = State::kDone;
    if (is_done) break;
    if (framing.need_more) {
      if (length != 0) break;
      TRY_VOID(window_->grow());
      continue;
    }
    if (framing.code == Code::kNone) {
      if (length == 0) fail_at_end();
      break;
    }
    TRY(const bool passed, pass_gap(framing, frame, length));
    is_done = !passed || length >= frame_bytes_;
  }
  if (length == 0) return next();
  TRY(Frame taken, window_->take(length));
  taken.gaps = std::move(frame.gaps);
  taken.findings = std::move(frame.findings);
  if (state_ == State::kDone) {
    TRY_VOID(read_footer());
  }
  return std::optional<Frame>(std::move(taken));
}

// Where records go on behind the one at `length`, which is broken. False: not near, so that the
// search goes on with frames of its own.
Result<bool> FrameCutter::pass_gap(const Framing& framing, Frame& frame, uint64_t& length) {
  begin_gap(framing, window_->offset() + length);
  TRY(const std::optional<uint64_t> boundary, find_boundary(length));
  if (!boundary) {
    state_ = State::kSearch;
    return false;
  }
  frame.gaps.emplace_back(length, *boundary);
  frame.findings.push_back(end_gap(window_->offset() + *boundary));
  length = *boundary;
  return true;
}

// In the step behind `place`, which is none; distances from the window's first byte.
Result<std::optional<uint64_t>> FrameCutter::find_boundary(uint64_t place) {
  TRY_VOID(require(place + kSearchStep + BoundarySearch::kLookAhead));
  const Bytes bytes = window_->bytes();
  const uint64_t to = std::min<uint64_t>(place + kSearchStep + 1, bytes.size());
  return search_->find(bytes, window_->is_last(), place + 1, to);
}

// The window begins with bytes that were searched in vain, and are given out.
Result<std::optional<Frame>> FrameCutter::cut_search() {
  const uint64_t begin = window_->offset();
  TRY(const std::optional<uint64_t> boundary, find_boundary(0));
  const uint64_t size = window_->bytes().size();
  const bool is_over = search_->gave_up() || (window_->is_last() && size <= kSearchStep);
  if (!boundary && is_over) {
    is_truncated_ = gap_.code == Code::kLengthBeyondEnd;
    if (is_truncated_) gap_.code = Code::kTruncated;
    state_ = State::kUnread;
    return cut_unread();
  }
  Frame frame;
  if (boundary) {
    state_ = State::kRecords;
    frame.findings.push_back(end_gap(begin + *boundary));
  }
  TRY(Frame taken, window_->take(boundary ? *boundary : kSearchStep));
  taken.has_records = false;
  taken.findings = std::move(frame.findings);
  return std::optional<Frame>(std::move(taken));
}

// The bytes ended between two records. What is left are attributes of a key that is not there.
void FrameCutter::fail_at_end() {
  state_ = State::kDone;
  const uint64_t left = window_->bytes().size();
  summary_.total_bytes = window_->offset() + left;
  const std::optional<Finding> damage = window_->damage();
  if (damage) summary_.findings.push_back(*damage);
  report(Code::kMissingEnd, summary_.total_bytes);
  summary_.findings.back().lost_from = window_->offset();
  summary_.findings.back().lost_bytes = left;
}

void FrameCutter::begin_gap(const Framing& framing, uint64_t record) {
  std::string detail = "in the record at offset " + std::to_string(record);
  if (*framing.detail != '\0' && framing.code != Code::kLengthBeyondEnd) {
    detail += std::string(": ") + framing.detail;
  }
  gap_ = {framing.code, framing.failure_offset, kNoDatabase, false, {}, std::move(detail)};
  gap_.lost_from = record;
}

Finding FrameCutter::end_gap(uint64_t end) {
  gap_.lost_bytes = end - gap_.lost_from;
  return std::move(gap_);
}

// What cannot be read still counts for the checksum, which then tells damage from a format that we
// do not know. The footer is taken to be the last eight bytes, unless they are cut off.
Result<std::optional<Frame>> FrameCutter::cut_unread() {
  const bool has_footer = file_.version >= kFirstVersionWithChecksum && !is_truncated_;
  const uint64_t keep = has_footer ? kChecksumBytes : 0;
  TRY_VOID(require(frame_bytes_ + keep));
  const uint64_t size = window_->bytes().size();
  if (size <= keep) {
    state_ = State::kDone;
    summary_.total_bytes = window_->offset() + size;
    const std::optional<Finding> damage = window_->damage();
    if (damage) summary_.findings.push_back(*damage);
    summary_.findings.push_back(end_gap(summary_.total_bytes - (has_footer ? size : 0)));
    if (has_footer && size == kChecksumBytes) {
      summary_.stored_checksum = load_le<uint64_t>(window_->bytes().data());
    }
    return std::optional<Frame>();
  }
  TRY(Frame frame, window_->take(std::min(frame_bytes_, size - keep)));
  frame.has_records = false;
  return std::optional<Frame>(std::move(frame));
}

Result<void> FrameCutter::read_footer() {
  if (file_.version >= kFirstVersionWithChecksum) {
    TRY_VOID(require(kChecksumBytes));
    if (window_->bytes().size() < kChecksumBytes) {
      const std::optional<Finding> damage = window_->damage();
      if (damage) summary_.findings.push_back(*damage);
      report(Code::kMissingFooter, window_->offset() + window_->bytes().size());
      summary_.total_bytes = window_->offset() + window_->bytes().size();
      return {};
    }
    summary_.stored_checksum = load_le<uint64_t>(window_->bytes().data());
    const Result<Frame> footer = window_->take(kChecksumBytes);
    if (!footer) return tl::unexpected(footer.error());
  }
  return pass_tail();
}

// Dragonfly writes snapshots in blocks of 4 KiB and leaves the last one whole.
bool FrameCutter::is_padding(uint64_t end, uint64_t tail) const {
  constexpr uint64_t kBlock = 4096;
  return file_.dialect == Dialect::kDragonfly && tail < kBlock && (end + tail) % kBlock == 0;
}

Code FrameCutter::tail_code(Bytes head, uint64_t end, uint64_t size) const {
  if (is_sync_mark(head)) return Code::kSyncEndMark;
  if (file_.is_log_preamble && is_command_log(head)) return Code::kAppendedLog;
  return is_padding(end, size) ? Code::kAlignmentPadding : Code::kTrailingBytes;
}

// Everything behind the footer, which should be nothing.
Result<void> FrameCutter::pass_tail() {
  const uint64_t end = window_->offset();
  TRY_VOID(require(kSyncMarkBytes + 1));
  const std::string head(window_->bytes().substr(0, kSyncMarkBytes + 1));
  if (file_.version < kFirstVersionWithChecksum && head.size() == kChecksumBytes) {
    summary_.unexpected_footer = load_le<uint64_t>(head.data());
  }
  while (!window_->bytes().empty()) {
    const Result<Frame> passed = window_->take(window_->bytes().size());
    if (!passed) return tl::unexpected(passed.error());
    TRY_VOID(require(1));
  }
  summary_.total_bytes = window_->offset();
  const uint64_t tail = summary_.total_bytes - end;
  if (tail != 0) {
    const Code code = tail_code(head, end, tail);
    std::string detail = std::to_string(tail) + " bytes";
    if (code == Code::kTrailingBytes) detail += look_of_tail(head);
    report(code, end, std::move(detail));
  }
  const std::optional<Finding> damage = window_->damage();
  if (damage) summary_.findings.push_back(*damage);
  return {};
}

}  // namespace rdbproof
