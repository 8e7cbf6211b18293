// Components of a user's own that do what no plugin may: a record kills them, and the process with
// it; they throw what is no Error, end the process, leave threads behind, or do not come back.
#include <cstdint>
#include <cstdlib>
#include <fcntl.h>
#include <memory>
#include <new>
#include <string>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

#include "millrace/json.hpp"
#include "millrace/sdk.hpp"

namespace {

using millrace::Batch;
using millrace::Context;
using millrace::Epoch;
using millrace::Error;
using millrace::Row;

struct Settings {
  std::string word;
  std::string death = "fault";
  std::string at = "row";
  std::string pipe;
};

// As deep as anybody asks for.
// NOLINTNEXTLINE(misc-no-recursion): that is the fault
int deeper(const std::string& text, int depth) {
  volatile char frame[4096];
  frame[0] = static_cast<char>(depth);
  return depth == 0 ? frame[0] : deeper(text, depth - 1) + frame[0];
}

// Comes back once somebody writes into the pipe.
void wait_for(const std::string& pipe) {
  const int reader = ::open(pipe.c_str(), O_RDONLY | O_CLOEXEC);
  if (reader < 0) throw Error::user("cannot open the pipe " + pipe);
  char byte = 0;
  while (::read(reader, &byte, 1) < 0) {
  }
  ::close(reader);
}

void leave_a_thread() {
  std::thread([] {
    for (;;) ::pause();
  }).detach();
}

// What the caller cannot know of, as if it happened in another library.
[[gnu::noinline]] void misbehave(const Settings& settings) {
  const auto& death = settings.death;
  if (death == "abort") std::abort();
  if (death == "overflow") deeper(death, 1'000'000);
  if (death == "exit") std::exit(0);
  if (death == "number") throw 42;
  if (death == "memory") throw std::bad_alloc();
  if (death == "thread") return leave_a_thread();
  if (death == "wait") return wait_for(settings.pipe);
  // NOLINTNEXTLINE(performance-no-int-to-ptr): no memory is there
  *reinterpret_cast<volatile char*>(std::uintptr_t{64}) = 1;
}

void look_at(const Row& row, const Settings& settings) {
  if (settings.at == "row" && row.to_json().find(settings.word) != std::string::npos)
    misbehave(settings);
}

void reach(const std::string& place, const Settings& settings) {
  if (settings.at == place) misbehave(settings);
}

class FragileTransform final : public millrace::Transform {
 public:
  FragileTransform(Settings settings, const Context&, const std::vector<millrace::Stream>& inputs)
      : settings_(std::move(settings)) {
    binding_.rows = *inputs[0].schema;
    binding_.reads_all_columns = true;
    reach("made", settings_);
  }
  ~FragileTransform() override {
    // NOLINTNEXTLINE(bugprone-exception-escape): that is the fault
    reach("destroyed", settings_);
  }
  const millrace::Binding& binding() const override { return binding_; }
  std::unique_ptr<millrace::TransformTask> open() override {
    return std::make_unique<Task>(settings_);
  }

 private:
  class Task final : public millrace::TransformTask {
   public:
    explicit Task(const Settings& settings) : settings_(settings) {}
    void process(int, const Batch& batch, const millrace::Outputs& outputs) override {
      for (const Row row : batch) look_at(row, settings_);
      outputs.emit(millrace::Port::rows, batch);
    }

   private:
    const Settings& settings_;
  };

  Settings settings_;
  millrace::Binding binding_;
};

class FragileWriter final : public millrace::ForeachWriter {
 public:
  FragileWriter(Settings settings, const Context&) : settings_(std::move(settings)) {}
  bool open(int64_t, Epoch) override {
    reach("open", settings_);
    return true;
  }
  void process(const Row& row) override { look_at(row, settings_); }
  void close(const Error*) override { reach("close", settings_); }

 private:
  Settings settings_;
};

std::vector<millrace::Setting<Settings>> settings() {
  return {{"word", &Settings::word, 0, "It dies of a row with this in it."},
          {"death", &Settings::death, 0,
           "fault, abort, overflow, exit, number, memory, thread or wait."},
          {"at", &Settings::at, 0, "row, made, destroyed, open or close."},
          {"pipe", &Settings::pipe, 0, "What `wait` waits for."}};
}

}  // namespace

MILLRACE_PLUGIN("trial_crash", "1",
                millrace::transform<FragileTransform, Settings>("fragile", "Passes rows on.",
                                                                settings()),
                millrace::foreach_writer<FragileWriter, Settings>("fragile", "Reads rows.",
                                                                  settings()));
