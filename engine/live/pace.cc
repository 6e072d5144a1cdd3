#include "engine/live/pace.h"

#include <algorithm>
#include <string>

namespace rdbproof {
namespace {

Pace::Duration cost(uint64_t count, uint64_t per_second) {
  if (per_second == 0) return {};
  const std::chrono::duration<double> seconds(static_cast<double>(count) /
                                              static_cast<double>(per_second));
  return std::chrono::duration_cast<Pace::Duration>(seconds);
}

}  // namespace

Pace::Duration Pace::pause_after(uint64_t keys, uint64_t bytes, Time now) {
  // Time that was not used is not saved up.
  const Time from = next_ ? std::max(*next_, now) : now;
  next_ = from + std::max(cost(keys, keys_per_second_), cost(bytes, bytes_per_second_));
  return std::max<Duration>(*next_ - now, brake_);
}

Result<void> Pace::note_latency(Milliseconds latency) {
  if (latency <= max_latency_) {
    slow_probes_ = 0;
    brake_ /= 2;
    return {};
  }
  ++slowdowns_;
  if (++slow_probes_ > kMostSlowProbes) {
    return fail("the server answers too slowly, also when asked gently: PING took " +
                    std::to_string(latency.count()) + " ms, --max-latency allows " +
                    std::to_string(max_latency_.count()) + " ms",
                "read a replica, at another time, or with --rate");
  }
  brake_ = std::min(std::max(kFirstBrake, brake_ * 2), kLongestBrake);
  return {};
}

}  // namespace rdbproof
