#include <memory>
#include <optional>
#include <ostream>

#include "millrace/error.hpp"
#include "millrace/timestamp_text.hpp"

#include "core/checkpoint/archive.hpp"
#include "core/cli/checkpoint_text.hpp"
#include "core/cli/exit_code.hpp"
#include "core/cli/verb.hpp"
#include "core/cli/verbs.hpp"
#include "core/system/posix_file_system.hpp"
#include "core/system/random.hpp"

namespace millrace::cli {
namespace {

struct ExportFlags {
  std::string directory;
  std::string file;
  std::optional<std::uint64_t> epoch;
};

int export_to_file(const ExportFlags& flags, World& world) {
  PosixFileSystem files;
  Rng rng = Rng::from_system();
  try {
    const ArchivedEpoch made = export_epoch(files, rng, flags.directory, flags.epoch, flags.file);
    world.out << "epoch " << made.epoch << " of pipeline " << made.format.pipeline << ", committed "
              << timestamp_text(made.committed_us) << ", is in " << flags.file << ": "
              << size_text(made.bytes) << ", every byte verified\n";
    return exit_done;
  } catch (const Error& error) {
    world.err << "error: " << error.what() << '\n';
    return exit_checkpoint;
  }
}

}  // namespace

Verb checkpoint_export_verb() {
  return {"checkpoint export",
          "copy one committed epoch into one file; the pipeline may be running",
          "  millrace checkpoint export /var/lib/millrace/counts counts.epoch\n"
          "  millrace checkpoint export /var/lib/millrace/counts counts.epoch --epoch 41\n",
          [](FlagSet& set, World& world) {
            auto flags = std::make_shared<ExportFlags>();
            set.word("directory", flags->directory, "the checkpoint's directory");
            set.word("file", flags->file, "the file to write, which must not exist");
            set.number("--epoch", flags->epoch, "which epoch, in place of the newest");
            return Action([flags, &world] { return export_to_file(*flags, world); });
          }};
}

}  // namespace millrace::cli
