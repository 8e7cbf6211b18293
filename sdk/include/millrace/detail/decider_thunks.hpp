#pragma once
#include <string>
#include <utility>
#include <vector>

#include "millrace/deciding_sink.hpp"

// The C functions of a DecidingSink.
namespace millrace::detail {

/// Self is what SinkThunks makes: it has `sink`, `receipt` for a string and `fenced`.
template <class T, class Self>
struct DeciderThunks {
  static Self& at(void* self) { return *static_cast<Self*>(self); }

  static mr_result join(void* self, void* first, mr_error* error) {
    return guarded(error, [&] {
      at(self).sink.join(first == nullptr ? nullptr : &at(first).sink);
      return MR_OK;
    });
  }
  static mr_result place(void* self, mr_str* text, mr_error* error) {
    return guarded(error, [&] {
      at(self).receipt = at(self).sink.place();
      *text = str(at(self).receipt);
      return MR_OK;
    });
  }
  static mr_result fence(void* self, mr_str job, mr_str run, mr_fenced* out, mr_error* error) {
    return guarded(error, [&] {
      auto& fenced = at(self).fenced = at(self).sink.fence(view(job), view(run));
      *out = {sizeof(mr_fenced), 0, {sizeof(mr_decision), -1, {}, {}}, fenced.kept_us};
      if (!fenced.newest) return MR_OK;
      out->found = 1;
      out->newest = {sizeof(mr_decision), fenced.newest->epoch, str(fenced.newest->record),
                     str(fenced.newest->run)};
      return MR_OK;
    });
  }
  static mr_result begin(void* self, int64_t epoch, mr_error* error) {
    return guarded(error, [&] { return at(self).sink.begin(epoch), MR_OK; });
  }
  static mr_result decide(void* self, const mr_decision* decision,
                          const mr_source_position* positions, size_t count, mr_error* error) {
    return guarded(error, [&] {
      std::vector<SourcePosition> given;
      for (size_t i = 0; i < count; ++i)
        given.push_back(
            {view(positions[i].source), view(positions[i].type), view(positions[i].position)});
      at(self).sink.decide(
          {decision->epoch, std::string(view(decision->record)), std::string(view(decision->run))},
          given);
      return MR_OK;
    });
  }

  static constexpr mr_decider table{sizeof(mr_decider), join, place, fence, begin, decide};
};

}  // namespace millrace::detail
