#include <memory>
#include <ostream>

#include <nlohmann/json.hpp>

#include "millrace/error.hpp"
#include "millrace/timestamp_text.hpp"

#include "core/checkpoint/rollback.hpp"
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

struct RollbackFlags {
  std::string directory;
  std::uint64_t to = 0;
  bool yes = false;
  bool json = false;
};

Json to_json(const RollbackPreview& preview, bool done) {
  Json again = Json::object();
  for (const auto& [source, partitions] : preview.again)
    for (const auto& [partition, range] : partitions)
      again[source][partition] = {{"from", range.first}, {"to", range.second}};
  return {{"pipeline", preview.format.pipeline},
          {"from", preview.newest.epoch},
          {"to", preview.target.epoch},
          {"given_up", preview.given_up ? Json(preview.given_up->epoch) : Json()},
          {"epoch", preview.epoch},
          {"read_again", again},
          {"sinks", sinks_of(preview.newest)},
          {"done", done}};
}

void write_again(const RollbackPreview& preview, std::ostream& out) {
  out << "\nread again, by the next run\n";
  bool any = false;
  for (const auto& [source, partitions] : preview.again)
    for (const auto& [partition, range] : partitions) {
      out << "source    " << source << "  " << partition << "  from " << range.first << " to "
          << range.second << '\n';
      any = true;
    }
  if (!any) out << "          nothing: no source has read anything since\n";
}

// Sinks keep what they have. What comes again depends on what they do with it.
std::string seen_again(const SinkNote& sink, const EpochCommit& newest) {
  std::string text = sink.output_mode == "append"   ? "rows since then come a second time"
                     : sink.output_mode == "update" ? "newer rows stay until their keys come again"
                                                    : "the next epoch replaces everything";
  if (!newest.decider.empty() && sink.type == "kafka" && sink.exactly_once)
    text += ", in transactions that readers cannot tell from new rows";
  return text;
}

void write_sinks(const RollbackPreview& preview, std::ostream& out) {
  out << "\nseen again: sinks keep what they have, under epochs from " << preview.epoch + 1
      << " on\n";
  const auto sinks = sinks_in(preview.newest);
  for (const auto& [name, sink] : sinks)
    out << "sink      " << name << " (" << sink.type << ", " << sink.output_mode << ")  "
        << seen_again(sink, preview.newest) << '\n';
  if (sinks.empty()) out << "          the checkpoint does not say which sinks there are\n";
}

void write_text(const RollbackPreview& preview, std::ostream& out) {
  out << "pipeline  " << preview.format.pipeline << "  from epoch " << preview.newest.epoch
      << " back to epoch " << preview.target.epoch << ", committed "
      << timestamp_text(preview.target.time_us) << '\n';
  if (preview.given_up)
    out << "epoch     " << preview.given_up->epoch
        << "  was planned and not committed: it is given up, though sinks may have seen rows of "
           "it\n";
  const Json now = watermarks_of(preview.newest);
  const Json then = watermarks_of(preview.target);
  for (const auto& [name, watermark] : then.items())
    out << "watermark " << name << "  " << watermark.get<std::string>() << "  (now "
        << now.value(name, std::string("none")) << ")\n";
  write_again(preview, out);
  write_sinks(preview, out);
}

int roll_back(const RollbackFlags& flags, World& world) {
  PosixFileSystem files;
  SystemClock clock;
  Rng rng = Rng::from_system();
  try {
    Rollback rollback(files, clock, rng, flags.directory, flags.to);
    if (flags.yes) rollback.carry_out();
    const RollbackPreview& preview = rollback.preview();
    if (flags.json) {
      world.out << to_json(preview, flags.yes).dump() << '\n';
      return exit_done;
    }
    write_text(preview, world.out);
    if (flags.yes)
      world.out << "\ndone: epoch " << preview.epoch << " is committed and stands for epoch "
                << preview.target.epoch << '\n';
    else
      world.out << "\nnothing was changed: add --yes to go back\n";
    return exit_done;
  } catch (const Error& error) {
    world.err << "error: " << error.what() << '\n';
    return exit_checkpoint;
  }
}

}  // namespace

Verb checkpoint_rollback_verb() {
  return {"checkpoint rollback",
          "go back to an earlier epoch; without --yes only say what that means",
          "  millrace checkpoint rollback /var/lib/millrace/counts --to 41\n"
          "  millrace checkpoint rollback /var/lib/millrace/counts --to 41 --yes\n",
          [](FlagSet& set, World& world) {
            auto flags = std::make_shared<RollbackFlags>();
            set.word("directory", flags->directory, "the checkpoint's directory");
            set.needed_number("--to", flags->to, "the epoch to go back to");
            set.flag("--yes", flags->yes, "do it");
            set.flag("--json", flags->json, "one JSON object instead of text");
            return Action([flags, &world] { return roll_back(*flags, world); });
          }};
}

}  // namespace millrace::cli
