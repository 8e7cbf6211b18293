#include "core/cli/verbs.hpp"

namespace millrace::cli {

// Each is defined in the file of its name.
Verb run_verb(), check_verb(), version_verb(), plugins_list_verb(), plugins_describe_verb(),
    functions_verb(), checkpoint_inspect_verb(), checkpoint_rollback_verb(),
    checkpoint_discard_verb(), checkpoint_export_verb(), checkpoint_import_verb();

std::vector<Verb> all_verbs() {
  return {
      run_verb(),
      check_verb(),
      plugins_list_verb(),
      plugins_describe_verb(),
      checkpoint_inspect_verb(),
      checkpoint_rollback_verb(),
      checkpoint_discard_verb(),
      checkpoint_export_verb(),
      checkpoint_import_verb(),
      functions_verb(),
      version_verb(),
  };
}

}  // namespace millrace::cli
