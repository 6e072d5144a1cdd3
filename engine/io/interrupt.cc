#include "engine/io/interrupt.h"

#include <poll.h>
#include <sys/eventfd.h>

#include <array>
#include <cerrno>
#include <utility>

namespace rdbproof {

Result<std::shared_ptr<Interrupt>> Interrupt::create() {
  UniqueFd event(::eventfd(0, EFD_CLOEXEC));
  if (!event) return fail("cannot create an event: " + errno_text(errno));
  return std::shared_ptr<Interrupt>(new Interrupt(std::move(event)));
}

void Interrupt::raise() const {
  // Fails only when the event is raised already, 2^64 - 2 times.
  (void)::eventfd_write(event_.get(), 1);
}

Result<void> Interrupt::wait_readable(int fd, const std::string& name) const {
  std::array<pollfd, 2> waiting{{{fd, POLLIN, 0}, {event_.get(), POLLIN, 0}}};
  while (::poll(waiting.data(), waiting.size(), -1) < 0) {
    if (errno != EINTR) return fail("cannot read " + display_name(name) + ": " + errno_text(errno));
  }
  if (waiting[1].revents != 0) return fail("reading " + display_name(name) + " was interrupted");
  return {};
}

}  // namespace rdbproof
