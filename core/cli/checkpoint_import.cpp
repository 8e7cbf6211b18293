#include <memory>
#include <ostream>

#include "millrace/error.hpp"
#include "millrace/timestamp_text.hpp"

#include "core/checkpoint/archive.hpp"
#include "core/cli/exit_code.hpp"
#include "core/cli/verb.hpp"
#include "core/cli/verbs.hpp"
#include "core/system/posix_file_system.hpp"
#include "core/system/random.hpp"

namespace millrace::cli {
namespace {

struct ImportFlags {
  std::string file;
  std::string directory;
  bool same_job = false;
};

int import_file(const ImportFlags& flags, World& world) {
  PosixFileSystem files;
  Rng rng = Rng::from_system();
  try {
    const ArchivedEpoch made =
        import_epoch(files, rng, flags.file, flags.directory, !flags.same_job);
    world.out << "epoch " << made.epoch << " of pipeline " << made.format.pipeline << ", committed "
              << timestamp_text(made.committed_us) << ", is in " << flags.directory << " as job "
              << made.format.job_id << (flags.same_job ? ", as before\n" : ", a new one\n");
    return exit_done;
  } catch (const Error& error) {
    world.err << "error: " << error.what() << '\n';
    return exit_checkpoint;
  }
}

}  // namespace

Verb checkpoint_import_verb() {
  return {"checkpoint import", "make a checkpoint of an exported epoch",
          "  millrace checkpoint import counts.epoch /var/lib/millrace/counts\n",
          [](FlagSet& set, World& world) {
            auto flags = std::make_shared<ImportFlags>();
            set.word("file", flags->file, "what `checkpoint export` wrote");
            set.word("directory", flags->directory,
                     "the checkpoint's directory, which must not exist");
            set.flag("--same-job", flags->same_job,
                     "it is moved: the old one has committed nothing since, and never runs again");
            return Action([flags, &world] { return import_file(*flags, world); });
          }};
}

}  // namespace millrace::cli
