// Components of a user's own that a record kills: the process dies of it as of any fault in native
// code.
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
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
};

// As deep as anybody asks for.
// NOLINTNEXTLINE(misc-no-recursion): that is the fault
int deeper(const std::string& text, int depth) {
  volatile char frame[4096];
  frame[0] = static_cast<char>(depth);
  return depth == 0 ? frame[0] : deeper(text, depth - 1) + frame[0];
}

void die(const std::string& death) {
  if (death == "abort") std::abort();
  if (death == "overflow") deeper(death, 1'000'000);
  // NOLINTNEXTLINE(performance-no-int-to-ptr): no memory is there
  *reinterpret_cast<volatile char*>(std::uintptr_t{64}) = 1;
}

void look_at(const Row& row, const Settings& settings) {
  if (row.to_json().find(settings.word) != std::string::npos) die(settings.death);
}

class FragileTransform final : public millrace::Transform {
 public:
  FragileTransform(Settings settings, const Context&, const std::vector<millrace::Stream>& inputs)
      : settings_(std::move(settings)) {
    binding_.rows = *inputs[0].schema;
    binding_.reads_all_columns = true;
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
  bool open(int64_t, Epoch) override { return true; }
  void process(const Row& row) override { look_at(row, settings_); }

 private:
  Settings settings_;
};

std::vector<millrace::Setting<Settings>> settings() {
  return {{"word", &Settings::word, millrace::required, "It dies of a row with this in it."},
          {"death", &Settings::death, 0, "fault, abort or overflow."}};
}

}  // namespace

MILLRACE_PLUGIN("trial_crash", "1",
                millrace::transform<FragileTransform, Settings>("fragile", "Passes rows on.",
                                                                settings()),
                millrace::foreach_writer<FragileWriter, Settings>("fragile", "Reads rows.",
                                                                  settings()));
