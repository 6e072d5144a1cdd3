#include "engine/report/progress_bar.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/text.h"
#include "engine/report/units.h"

namespace rdbproof {
namespace {

constexpr auto kFirst = std::chrono::milliseconds(500);
constexpr auto kInterval = std::chrono::milliseconds(100);
constexpr size_t kBarWidth = 20;
constexpr size_t kLongestName = 30;

}  // namespace

ProgressBar::ProgressBar(std::FILE* terminal, std::string name, std::optional<uint64_t> total_bytes)
    : terminal_(terminal),
      name_(escape_for_terminal(name, kLongestName)),
      total_bytes_(total_bytes),
      next_(begin_ + kFirst) {}

ProgressBar::~ProgressBar() {
  if (shown_) fmt::print(terminal_, "\r\x1b[K");
}

void ProgressBar::update(uint64_t done_bytes) {
  const Clock::time_point now = Clock::now();
  if (now < next_) return;
  next_ = now + kInterval;
  shown_ = true;
  const double seconds = std::chrono::duration<double>(now - begin_).count();
  const std::string rate = format_rate(done_bytes, seconds);
  if (!total_bytes_ || *total_bytes_ == 0) {
    fmt::print(terminal_, "\r{}  {}  {}\x1b[K", name_, format_bytes(done_bytes), rate);
  } else {
    const double share =
        std::min(1.0, static_cast<double>(done_bytes) / static_cast<double>(*total_bytes_));
    const auto filled = static_cast<size_t>(share * kBarWidth);
    const std::string bar = std::string(filled, '#') + std::string(kBarWidth - filled, '.');
    const double left = share > 0 ? seconds * (1 - share) / share : 0;
    fmt::print(terminal_, "\r{} [{}] {:3.0f} %  {}  {} left\x1b[K", name_, bar, share * 100, rate,
               format_seconds(left));
  }
  std::fflush(terminal_);
}

}  // namespace rdbproof
