#include "engine/scan/frame_cutter.h"

#include <algorithm>
#include <string>

namespace rdbproof {
namespace {

constexpr uint64_t kChecksumBytes = 8;
constexpr uint64_t kSyncMarkBytes = 40;

bool is_sync_mark(Bytes tail) {
  return tail.size() == kSyncMarkBytes && std::ranges::all_of(tail, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
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
  if (prologue.state == PrologueState::kRead) return true;
  // A source that could not even be unpacked has no magic to speak of.
  const std::optional<Finding> damage = window_->damage();
  summary_.findings.push_back(damage ? *damage : prologue.finding);
  summary_.total_bytes = window_->bytes().size();
  return false;
}

Result<std::optional<Frame>> FrameCutter::next() {
  switch (state_) {
    case State::kHeader:
      return cut_header();
    case State::kRecords:
      return cut_records();
    case State::kUnread:
      return cut_unread();
    case State::kFooter:
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

Result<std::optional<Frame>> FrameCutter::cut_records() {
  for (;;) {
    const Framing framing =
        frame_records(file_, window_->bytes(), window_->offset(), window_->is_last(), frame_bytes_);
    if (framing.length != 0) {
      TRY(Frame frame, window_->take(framing.length));
      if (framing.end_seen) {
        state_ = State::kDone;
        TRY_VOID(read_footer());
      }
      return std::optional<Frame>(std::move(frame));
    }
    if (framing.need_more) {
      TRY_VOID(window_->grow());
      continue;
    }
    framing.code == Code::kNone ? fail_at_end() : fail_record(framing);
    return next();
  }
}

// The bytes ended between two records. What is left are attributes of a key that is not there.
void FrameCutter::fail_at_end() {
  state_ = State::kDone;
  summary_.unread_bytes = window_->bytes().size();
  summary_.total_bytes = window_->offset() + summary_.unread_bytes;
  const std::optional<Finding> damage = window_->damage();
  if (damage) summary_.findings.push_back(*damage);
  report(Code::kMissingEnd, summary_.total_bytes);
}

void FrameCutter::fail_record(const Framing& framing) {
  const std::string record = "in the record at offset " + std::to_string(window_->offset());
  const bool overrun = framing.code == Code::kLengthBeyondEnd;
  const std::string detail =
      *framing.detail == '\0' || overrun ? record : record + ": " + framing.detail;
  const std::optional<Finding> damage = window_->damage();
  if (damage) summary_.findings.push_back(*damage);
  report(overrun ? Code::kTruncated : framing.code, framing.failure_offset, detail);
  is_truncated_ = overrun;
  state_ = State::kUnread;
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
    summary_.unread_bytes += size;
    if (has_footer && size == kChecksumBytes) {
      summary_.stored_checksum = load_le<uint64_t>(window_->bytes().data());
    }
    return std::optional<Frame>();
  }
  TRY(Frame frame, window_->take(std::min(frame_bytes_, size - keep)));
  frame.has_records = false;
  summary_.unread_bytes += frame.bytes.size();
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

// Everything behind the footer, which should be nothing.
Result<void> FrameCutter::pass_tail() {
  const uint64_t end = window_->offset();
  TRY_VOID(require(kSyncMarkBytes + 1));
  const bool sync_mark = is_sync_mark(window_->bytes());
  while (!window_->bytes().empty()) {
    const Result<Frame> passed = window_->take(window_->bytes().size());
    if (!passed) return tl::unexpected(passed.error());
    TRY_VOID(require(1));
  }
  summary_.total_bytes = window_->offset();
  const uint64_t tail = summary_.total_bytes - end;
  if (tail != 0) {
    const Code code = sync_mark               ? Code::kSyncEndMark
                      : is_padding(end, tail) ? Code::kAlignmentPadding
                                              : Code::kTrailingBytes;
    report(code, end, std::to_string(tail) + " bytes");
  }
  const std::optional<Finding> damage = window_->damage();
  if (damage) summary_.findings.push_back(*damage);
  return {};
}

}  // namespace rdbproof
