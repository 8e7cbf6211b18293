// Preloaded into the real program (LD_PRELOAD): calls of the system that fail or wait as a test
// says.
//
//   FAIL_ALLOCATION=n    the n-th allocation finds no memory
//   FAIL_THREAD=n        the n-th thread cannot be started
//   HOLD_FLUSH=n:PIPE    the n-th flush of a file waits until somebody has written into the pipe
//   COUNT_CALLS=FILE     writes there, in the end, how many of each there were
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

extern "C" {
// What glibc calls its own. NOLINTBEGIN(readability-identifier-naming)
void* __libc_malloc(size_t size);
void* __libc_calloc(size_t count, size_t size);
void* __libc_realloc(void* memory, size_t size);
// NOLINTEND(readability-identifier-naming)
}

namespace {

std::atomic<long> allocations{0};
std::atomic<long> threads{0};
std::atomic<long> flushes{0};
long failing_allocation = 0;
long failing_thread = 0;
long held_flush = 0;
const char* pipe_of_flush = nullptr;

long number_in(const char* variable) {
  const char* const text = std::getenv(variable);
  return text == nullptr ? 0 : std::strtol(text, nullptr, 10);
}

[[gnu::constructor]] void begin() {
  failing_allocation = number_in("FAIL_ALLOCATION");
  failing_thread = number_in("FAIL_THREAD");
  held_flush = number_in("HOLD_FLUSH");
  if (held_flush == 0) return;
  pipe_of_flush = std::getenv("HOLD_FLUSH");
  while (*pipe_of_flush++ != ':') {
  }
}

[[gnu::destructor]] void end() {
  const char* const path = std::getenv("COUNT_CALLS");
  if (path == nullptr) return;
  const int file = ::open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  ::dprintf(file, "%ld %ld %ld\n", allocations.load(), threads.load(), flushes.load());
  ::close(file);
}

bool finds_no_memory() {
  if (++allocations != failing_allocation) return false;
  errno = ENOMEM;
  return true;
}

void flush() {
  if (++flushes != held_flush) return;
  const int reader = ::open(pipe_of_flush, O_RDONLY | O_CLOEXEC);
  char byte = 0;
  while (::read(reader, &byte, 1) < 0) {
  }
  ::close(reader);
}

template <class Function>
Function next(const char* name) {
  return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" {

void* malloc(size_t size) { return finds_no_memory() ? nullptr : __libc_malloc(size); }
void* calloc(size_t count, size_t size) {
  return finds_no_memory() ? nullptr : __libc_calloc(count, size);
}
void* realloc(void* memory, size_t size) {
  return finds_no_memory() ? nullptr : __libc_realloc(memory, size);
}

int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*work)(void*),
                   void* argument) {
  using Create = int (*)(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);
  static const auto create = next<Create>("pthread_create");
  return ++threads == failing_thread ? EAGAIN : create(thread, attributes, work, argument);
}

int fsync(int file) {
  static const auto sync = next<int (*)(int)>("fsync");
  flush();
  return sync(file);
}
int fdatasync(int file) {
  static const auto sync = next<int (*)(int)>("fdatasync");
  flush();
  return sync(file);
}

}  // extern "C"
