#include "core/cli/command_line.hpp"

#include <algorithm>
#include <ostream>
#include <string_view>

#include <CLI/CLI.hpp>

#include "core/cli/exit_code.hpp"
#include "core/cli/failure.hpp"
#include "core/diagnostics/nearest.hpp"

namespace millrace::cli {
namespace {

constexpr std::size_t summary_column = 20;

void write_help(std::ostream& out, const std::vector<Verb>& verbs) {
  out << "Runs stream processing pipelines that TOML files describe.\n\n"
         "Usage: millrace VERB [FLAGS]\n\n";
  for (const Verb& verb : verbs) {
    const std::size_t gap = summary_column - std::min(verb.name.size() + 1, summary_column);
    out << "  " << verb.name << std::string(gap + 1, ' ') << verb.summary << '\n';
  }
  out << "\n`millrace VERB --help` shows a verb's flags.\n\n"
         "Examples:\n"
         "  millrace check pipeline.toml\n"
         "  millrace run pipeline.toml\n";
}

std::size_t words_of(const Verb& verb) { return verb.name.find(' ') == std::string::npos ? 1 : 2; }

const Verb* find_verb(const std::vector<Verb>& verbs, const std::vector<std::string>& words) {
  for (const Verb& verb : verbs) {
    const bool enough = words.size() >= words_of(verb);
    if (!enough) continue;
    const std::string said = words_of(verb) == 1 ? words[0] : words[0] + ' ' + words[1];
    if (said == verb.name) return &verb;
  }
  return nullptr;
}

int report_unknown_verb(const std::vector<std::string>& words, const std::vector<Verb>& verbs,
                        std::ostream& err) {
  std::vector<std::string> names;
  std::vector<std::string> group;
  for (const Verb& verb : verbs) {
    names.push_back(verb.name);
    if (verb.name.rfind(words[0] + ' ', 0) == 0) group.push_back(verb.name);
  }
  if (words.size() == 1 && !group.empty()) {
    err << "error: `" << words[0] << "` needs a second word: " << join_quoted(group) << '\n';
    return exit_usage;
  }
  const std::string said = group.empty() || words.size() < 2 ? words[0] : words[0] + ' ' + words[1];
  err << "error: there is no verb `" << said << "`\n";
  if (const auto near = nearest(said, names)) err << "  = help: did you mean `" << *near << "`?\n";
  err << "  = help: `millrace --help` shows the verbs\n";
  return exit_usage;
}

std::vector<std::string> flag_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

int report_usage(const CLI::App& app, const std::vector<std::string>& left_over,
                 const CLI::ParseError& error, std::ostream& err) {
  const auto flag = std::find_if(left_over.begin(), left_over.end(),
                                 [](const std::string& word) { return word.rfind('-', 0) == 0; });
  const bool is_extra = dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr;
  if (is_extra && flag != left_over.end()) {
    const std::string name = flag->substr(0, flag->find('='));
    err << "error: " << app.get_name() << " has no flag `" << name << "`\n";
    if (const auto near = nearest(name, flag_names(app))) {
      err << "  = help: did you mean `" << *near << "`?\n";
    }
  } else if (is_extra && !left_over.empty()) {
    err << "error: " << app.get_name() << " does not know what to do with `" << left_over.front()
        << "`\n";
  } else {
    err << "error: " << app.get_name() << ": " << error.what() << '\n';
  }
  err << "  = help: `" << app.get_name() << " --help` shows how it is called\n";
  return exit_usage;
}

int run_verb(const Verb& verb, std::vector<std::string> words, World& world) {
  CLI::App app(verb.summary, "millrace " + verb.name);
  app.footer("\nExamples:\n" + verb.examples);
  FlagSet flags(app);
  const Action action = verb.declare(flags, world);
  std::reverse(words.begin(), words.end());  // CLI11 takes them from the back
  try {
    app.parse(words);
  } catch (const CLI::CallForHelp&) {
    world.out << app.help();
    return exit_done;
  } catch (const CLI::ParseError& error) {
    return report_usage(app, words, error, world.err);
  }
  return action();
}

}  // namespace

int run_command_line(const std::vector<std::string>& words, const std::vector<Verb>& verbs,
                     World& world) {
  if (words.empty()) {
    write_help(world.err, verbs);
    return exit_usage;
  }
  if (words[0] == "--help" || words[0] == "-h" || words[0] == "help") {
    write_help(world.out, verbs);
    return exit_done;
  }
  std::vector<std::string> asked = words;
  if (asked[0] == "--version") asked[0] = "version";
  const Verb* verb = find_verb(verbs, asked);
  if (verb == nullptr) return report_unknown_verb(asked, verbs, world.err);
  asked.erase(asked.begin(), asked.begin() + static_cast<std::ptrdiff_t>(words_of(*verb)));
  try {
    return run_verb(*verb, std::move(asked), world);
  } catch (const std::exception& failure) {
    world.err << "error: " << failure.what() << '\n';
    return exit_code_of(failure);
  }
}

}  // namespace millrace::cli
