#include <millrace/sdk.hpp>

namespace {

struct Settings {};

// Takes rows and forgets them: for measuring what comes before, and for pipelines that are watched
// by their metrics only.
class BlackholeSink final : public millrace::Sink {
 public:
  BlackholeSink(const Settings&, const millrace::Context&, const millrace::Schema&,
                millrace::OutputMode) {}

  std::unique_ptr<millrace::Writer> open_writer(int) override {
    return std::make_unique<BlackholeWriter>();
  }

 private:
  class BlackholeWriter final : public millrace::Writer {
    void write(const millrace::Batch&, const millrace::Column*) override {}
  };
};

}  // namespace

MILLRACE_PLUGIN("blackhole", "0.1.0",
                millrace::sink<BlackholeSink, Settings>("blackhole", "Takes rows and forgets them.",
                                                        {}, millrace::sink_idempotent));
