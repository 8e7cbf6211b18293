#pragma once
#include <cstring>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "millrace/abi.h"

namespace millrace {

/// Says who has to act: nobody but us, the person who wrote the configuration, whoever produced
/// the data, or the outside world.
enum class Blame {
  internal = MR_BLAME_INTERNAL,
  user = MR_BLAME_USER,
  data = MR_BLAME_DATA,
  external = MR_BLAME_EXTERNAL
};

/// Says whether the same call may succeed later.
enum class Retry { never = MR_RETRY_NEVER, with_backoff = MR_RETRY_WITH_BACKOFF };

/// The one exception type. Blame and retry drive the engine; the message is for people: it says
/// where, what and what to do, runtime values last.
class Error : public std::runtime_error {
 public:
  Error(Blame to_blame, Retry how, const std::string& message)
      : std::runtime_error(message), blame(to_blame), retry(how) {}

  static Error internal(const std::string& message) {
    return {Blame::internal, Retry::never, message};
  }
  static Error user(const std::string& message) { return {Blame::user, Retry::never, message}; }
  static Error data(const std::string& message) { return {Blame::data, Retry::never, message}; }
  static Error external(const std::string& message) {
    return {Blame::external, Retry::with_backoff, message};
  }

  /// The same error, blamed on an option: "slide", or "aggregates.total" for one entry of it.
  Error about(const std::string& option_name) const {
    Error error = *this;
    error.option = option_name;
    return error;
  }

  /// The same error, blamed on a row: counted from 0 in what the call that throws was given, below
  /// 0 in what came before it.
  Error at_row(int64_t number) const {
    Error error = *this;
    error.row = number;
    return error;
  }

  /// The same error with a place in front of its message: "sink `totals`: no answer".
  Error within(const std::string& place) const {
    Error error(blame, retry, place + ": " + what());
    error.option = option;
    error.row = row;
    return error;
  }

  Blame blame;
  Retry retry;
  std::string option;          ///< empty unless one option of the component is at fault
  std::optional<int64_t> row;  ///< none unless one row is known to be at fault
};

inline std::string_view view(mr_str text) { return {text.data, text.size}; }
inline mr_str str(std::string_view text) { return {text.data(), text.size()}; }

namespace detail {

template <size_t N>
void copy_text(const char* from, char (&to)[N]) noexcept {
  std::strncpy(to, from, N - 1);
  to[N - 1] = '\0';
}

inline void store(const Error& from, mr_error* to) noexcept {
  to->blame = static_cast<int32_t>(from.blame);
  to->retry = static_cast<int32_t>(from.retry);
  copy_text(from.option.c_str(), to->option);
  copy_text(from.what(), to->message);
}

inline Error load(const mr_error& from) {
  return Error(static_cast<Blame>(from.blame), static_cast<Retry>(from.retry), from.message)
      .about(from.option);
}

/// Throws what the other side of the boundary reported; returns the result otherwise.
inline mr_result check(mr_result result, const mr_error& error) {
  if (result == MR_ERROR) throw load(error);
  return result;
}

/// Runs `body` so that no exception crosses the boundary.
template <class Body>
mr_result guarded(mr_error* error, Body&& body) noexcept {
  try {
    return body();
  } catch (const Error& e) {
    store(e, error);
  } catch (const std::exception& e) {
    store(Error::internal(e.what()), error);
  } catch (...) {
    store(Error::internal("an exception of unknown type"), error);
  }
  return MR_ERROR;
}

}  // namespace detail
}  // namespace millrace
