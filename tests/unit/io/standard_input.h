// Pipes and files in the place of standard input.
#pragma once

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <thread>
#include <utility>

namespace rdbproof::test {

// Makes `fd` standard input for its lifetime.
class StandardInput {
 public:
  explicit StandardInput(int fd) : saved_(::dup(STDIN_FILENO)) {
    if (fd < 0) {
      ::close(STDIN_FILENO);
    } else {
      ::dup2(fd, STDIN_FILENO);
      ::close(fd);
    }
  }
  ~StandardInput() {
    ::dup2(saved_, STDIN_FILENO);
    ::close(saved_);
  }

 private:
  int saved_;
};

// The reading end of a pipe into which `data` is written piece by piece.
class Pipe {
 public:
  explicit Pipe(std::string data, size_t piece = 1 << 16) {
    int ends[2];
    if (::pipe(ends) != 0) std::abort();
    read_end = ends[0];
    writer_ = std::thread([data = std::move(data), piece, to = ends[1]] {
      for (size_t i = 0; i < data.size(); i += piece) {
        const size_t count = std::min(piece, data.size() - i);
        if (::write(to, data.data() + i, count) != static_cast<ssize_t>(count)) break;
      }
      ::close(to);
    });
  }
  ~Pipe() { writer_.join(); }
  int read_end = -1;

 private:
  std::thread writer_;
};

}  // namespace rdbproof::test
