#include <memory>
#include <ostream>

#include <nlohmann/json.hpp>

#include "millrace/error.hpp"
#include "millrace/timestamp_text.hpp"

#include "core/checkpoint/checkpoint_error.hpp"
#include "core/checkpoint/discard.hpp"
#include "core/cli/checkpoint_text.hpp"
#include "core/cli/exit_code.hpp"
#include "core/cli/verb.hpp"
#include "core/cli/verbs.hpp"
#include "core/system/posix_file_system.hpp"
#include "core/system/random.hpp"
#include "core/system/system_clock.hpp"

namespace millrace::cli {
namespace {

using Json = nlohmann::ordered_json;

struct DiscardFlags {
  std::string directory;
  std::string sink;
  bool yes = false;
  bool json = false;
};

// A sink of dead letters has nothing in the outbox: it is given what others refuse.
bool is_of_the_pipeline(const DiscardPreview& preview, const std::string& sink) {
  return preview.waiting.contains(sink) || sinks_in(preview.newest).contains(sink);
}

std::string waiting_text(const DiscardPreview& preview) {
  std::string text;
  for (const auto& [sink, part] : preview.waiting)
    text += (text.empty() ? "`" : ", `") + sink + '`';
  return text;
}

Json to_json(const DiscardPreview& preview, const DiscardFlags& flags) {
  Json waiting = Json::object();
  for (const auto& [sink, part] : preview.waiting)
    waiting[sink] = {{"rows", part.rows}, {"bytes", part.bytes}, {"discarded", sink == flags.sink}};
  return {{"pipeline", preview.format.pipeline},
          {"epoch", preview.newest.epoch},
          {"sink", flags.sink},
          {"waiting", waiting},
          {"done", flags.yes}};
}

void write_text(const DiscardPreview& preview, const DiscardFlags& flags, std::ostream& out) {
  out << "pipeline  " << preview.format.pipeline << "  epoch " << preview.newest.epoch
      << ", committed " << timestamp_text(preview.newest.time_us) << '\n';
  for (const auto& [sink, part] : preview.waiting)
    out << "sink      " << sink << "  "
        << (sink == flags.sink ? "is never given " : "is given at the next start ") << part.rows
        << (part.rows == 1 ? " row (" : " rows (") << size_text(part.bytes) << ")\n";
  if (!preview.waiting.contains(flags.sink))
    out << "sink      " << flags.sink << "  is given no dead letters of that epoch\n";
  if (flags.yes)
    out << "\ndone: `" << flags.sink << "` gets nothing of epoch " << preview.newest.epoch
        << " any more\n";
  else
    out << "\nnothing was changed: add --yes to give them up. It has some of them, if it took them "
           "before it failed\n";
}

int discard(const DiscardFlags& flags, World& world) {
  PosixFileSystem files;
  SystemClock clock;
  Rng rng = Rng::from_system();
  try {
    Discard discard(files, clock, rng, flags.directory);
    const DiscardPreview& preview = discard.preview();
    if (!is_of_the_pipeline(preview, flags.sink))
      throw CheckpointError(CheckpointFault::incompatible,
                            "no sink `" + flags.sink + "` waits for rows of epoch " +
                                std::to_string(preview.newest.epoch) +
                                "; those that do: " + waiting_text(preview));
    if (flags.yes) discard.carry_out(flags.sink);
    if (flags.json)
      world.out << to_json(preview, flags).dump() << '\n';
    else
      write_text(preview, flags, world.out);
    return exit_done;
  } catch (const Error& error) {
    world.err << "error: " << error.what() << '\n';
    return exit_checkpoint;
  }
}

}  // namespace

Verb checkpoint_discard_verb() {
  return {"checkpoint discard",
          "give up rows that a sink will never take; without --yes only say which",
          "  millrace checkpoint discard /var/lib/millrace/counts --sink orders\n"
          "  millrace checkpoint discard /var/lib/millrace/counts --sink orders --yes\n",
          [](FlagSet& set, World& world) {
            auto flags = std::make_shared<DiscardFlags>();
            set.word("directory", flags->directory, "the checkpoint's directory");
            set.needed_text("--sink", flags->sink, "the sink whose target is gone for good");
            set.flag("--yes", flags->yes, "do it");
            set.flag("--json", flags->json, "one JSON object instead of text");
            return Action([flags, &world] { return discard(*flags, world); });
          }};
}

}  // namespace millrace::cli
