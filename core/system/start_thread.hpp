#pragma once

#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include "millrace/error.hpp"

namespace millrace {

// A thread, or an Error that says what it was for and what to do.
template <typename Work>
std::thread start_thread(const char* purpose, Work&& work) {
  try {
    return std::thread(std::forward<Work>(work));
  } catch (const std::system_error& failure) {
    throw Error::external(std::string("cannot start a thread ") + purpose + ": " + failure.what() +
                          "; let the process have more of them (ulimit -u, TasksMax=), or use "
                          "fewer (threads)");
  }
}

}  // namespace millrace
