#include "engine/io/sigbus_guard.h"

#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>

namespace rdbproof {
namespace {

enum SlotState : int { kFree, kClaimed, kWatching };

struct Slot {
  std::atomic<int> state{kFree};
  std::atomic<uintptr_t> begin{0};
  std::atomic<uintptr_t> end{0};
  std::atomic<bool> vanished{false};
};
static_assert(std::atomic<int>::is_always_lock_free && std::atomic<bool>::is_always_lock_free &&
                  std::atomic<uintptr_t>::is_always_lock_free,
              "a signal handler reads them");

constinit std::array<Slot, 1024> slots;
// Written before the handler is installed.
uintptr_t page_size = 0;
struct sigaction previous_action;

// Async-signal-safe. Whether the fault at `address` was in a watched mapping and is repaired.
bool repair(uintptr_t address) {
  for (Slot& slot : slots) {
    if (slot.state.load(std::memory_order_acquire) != kWatching) continue;
    const uintptr_t end = slot.end.load(std::memory_order_relaxed);
    if (address < slot.begin.load(std::memory_order_relaxed) || address >= end) continue;
    const uintptr_t page = address & ~(page_size - 1);
    slot.vanished.store(true, std::memory_order_relaxed);
    void* const zeros = ::mmap(reinterpret_cast<void*>(page), end - page, PROT_READ,
                               MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    return zeros != MAP_FAILED;
  }
  return false;
}

void on_sigbus(int signal, siginfo_t* info, void*) {
  const int saved_errno = errno;
  // Only the kernel's own signals (si_code > 0) carry the address of a fault.
  if (info->si_code <= 0 || !repair(reinterpret_cast<uintptr_t>(info->si_addr))) {
    // Pending until this handler returns; a fault would repeat anyway.
    ::sigaction(signal, &previous_action, nullptr);
    ::raise(signal);
  }
  errno = saved_errno;
}

bool install() {
  page_size = static_cast<uintptr_t>(::sysconf(_SC_PAGESIZE));
  if (::sigaction(SIGBUS, nullptr, &previous_action) != 0) return false;
  struct sigaction action {};
  action.sa_sigaction = on_sigbus;
  action.sa_flags = SA_SIGINFO;
  sigemptyset(&action.sa_mask);
  return ::sigaction(SIGBUS, &action, nullptr) == 0;
}

}  // namespace

SigbusGuard::SigbusGuard(char* begin, size_t length) {
  static const bool installed = install();
  if (!installed) return;
  for (size_t i = 0; i < slots.size(); ++i) {
    Slot& slot = slots[i];
    int expected = kFree;
    if (!slot.state.compare_exchange_strong(expected, kClaimed, std::memory_order_acquire)) {
      continue;
    }
    const auto address = reinterpret_cast<uintptr_t>(begin);
    slot.begin.store(address, std::memory_order_relaxed);
    slot.end.store((address + length + page_size - 1) & ~(page_size - 1),
                   std::memory_order_relaxed);
    slot.vanished.store(false, std::memory_order_relaxed);
    slot.state.store(kWatching, std::memory_order_release);
    slot_ = static_cast<int>(i);
    return;
  }
}

SigbusGuard::~SigbusGuard() {
  if (active()) slots[static_cast<size_t>(slot_)].state.store(kFree, std::memory_order_release);
}

bool SigbusGuard::page_vanished() const {
  return active() && slots[static_cast<size_t>(slot_)].vanished.load(std::memory_order_relaxed);
}

}  // namespace rdbproof
