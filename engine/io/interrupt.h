// Ends a wait for bytes from another thread.
#pragma once

#include <memory>
#include <string>

#include "engine/base/result.h"
#include "engine/io/os.h"

namespace rdbproof {

class Interrupt {
 public:
  static Result<std::shared_ptr<Interrupt>> create();

  // From any thread; stays raised.
  void raise() const;

  // Waits until `fd` has bytes or has ended. Fails once this is raised. `name` is for the message
  // of another failure.
  Result<void> wait_readable(int fd, const std::string& name) const;

 private:
  explicit Interrupt(UniqueFd event) : event_(std::move(event)) {}

  UniqueFd event_;
};

}  // namespace rdbproof
