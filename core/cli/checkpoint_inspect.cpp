#include <algorithm>
#include <memory>
#include <ostream>

#include <nlohmann/json.hpp>

#include "millrace/error.hpp"
#include "millrace/timestamp_text.hpp"

#include "core/checkpoint/decided_epochs.hpp"
#include "core/checkpoint/inspection.hpp"
#include "core/cli/checkpoint_text.hpp"
#include "core/cli/exit_code.hpp"
#include "core/cli/verb.hpp"
#include "core/cli/verbs.hpp"
#include "core/system/posix_file_system.hpp"

namespace millrace::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t epochs_shown = 10;

struct InspectFlags {
  std::string directory;
  bool json = false;
};

Json to_json(std::uint64_t number, const InspectedEpoch& epoch) {
  Json json{{"epoch", number}, {"committed", epoch.commit.has_value()}};
  if (epoch.plan) {
    json["planned_at"] = timestamp_text(epoch.plan->time_us);
    json["has_data"] = epoch.plan->has_data;
    for (const auto& [name, source] : epoch.plan->sources)
      json["sources"][name] = {{"start", parsed(source.start_position)},
                               {"end", parsed(source.end_position)}};
  }
  if (epoch.commit) {
    json["committed_at"] = timestamp_text(epoch.commit->time_us);
    json["watermarks"] = watermarks_of(*epoch.commit);
    if (!epoch.commit->state_store.empty()) json["state_store"] = epoch.commit->state_store;
    if (const auto back = epoch.commit->extra.find(rolled_back_to);
        back != epoch.commit->extra.end())
      json[rolled_back_to] = parsed(back->second);
  }
  return json;
}

Json to_json(const Inspection& found) {
  Json epochs = Json::array();
  for (const auto& [number, epoch] : found.epochs) epochs.push_back(to_json(number, epoch));
  Json state = Json::object();
  for (const auto& [name, kept] : found.state)
    state[name] = {{"shards", kept.shards}, {"bytes", kept.bytes}};
  Json undelivered = Json::object();
  for (const auto& [name, rest] : found.undelivered)
    undelivered[name] = {{"epoch", *found.newest},
                         {"partitions", rest.partitions.size()},
                         {"rows", rest.rows},
                         {"bytes", rest.bytes}};
  Json files = Json::array();
  for (const InspectedFile& file : found.files)
    files.push_back({{"name", to_text(file.name)},
                     {"bytes", file.size},
                     {"problem", file.problem.empty() ? Json() : Json(file.problem)}});
  return {{"pipeline", found.format.pipeline},
          {"job_id", found.format.job_id},
          {"shards", found.format.shards},
          {"created", timestamp_text(found.format.created_us)},
          {"newest", found.newest ? Json(*found.newest) : Json()},
          {"epochs", epochs},
          {"state", state},
          {"undelivered", undelivered},
          {"bytes", found.bytes()},
          {"files", files},
          {"problems", found.problems}};
}

void write_epochs(const Inspection& found, std::ostream& out) {
  if (found.epochs.empty()) out << "epochs    none yet\n";
  std::size_t older = found.epochs.size() - std::min(found.epochs.size(), epochs_shown);
  if (older != 0) out << "epochs    " << older << " older ones: see --json\n";
  for (const auto& [number, epoch] : found.epochs) {
    if (older != 0) {
      --older;
      continue;
    }
    out << "epoch     " << number << "  ";
    if (epoch.commit)
      out << "committed " << timestamp_text(epoch.commit->time_us);
    else
      out << "planned only: it runs again, as it was planned";
    if (epoch.commit)
      if (const auto back = epoch.commit->extra.find(rolled_back_to);
          back != epoch.commit->extra.end())
        out << "  (rolled back to " << back->second << ")";
    const bool rolled_back = epoch.commit && epoch.commit->extra.contains(rolled_back_to);
    out << (epoch.plan && !epoch.plan->has_data && !rolled_back
                ? "  (no rows: the watermark moved)\n"
                : "\n");
  }
}

void write_state_files(const EpochCommit& commit, std::ostream& out) {
  const StateFile& first = commit.state_files.front();
  const bool in_record = commit.state_files.back().in_record();
  const std::size_t files = commit.state_files.size() - (in_record ? 1 : 0);
  out << "          read from ";
  if (files != 0) out << files << (files == 1 ? " file" : " files");
  if (in_record) out << (files != 0 ? " and " : "") << "the commit record";
  if (first.kind == StateFileKind::snapshot)
    out << ", the oldest a snapshot of epoch " << first.epoch;
  if (first.kind == StateFileKind::kept) out << " of the state store " << commit.state_store;
  out << '\n';
}

void write_newest(const Inspection& found, std::ostream& out) {
  const EpochCommit& commit = *found.epochs.at(*found.newest).commit;
  out << "\nafter epoch " << commit.epoch << '\n';
  for (const auto& [name, position] : commit.positions)
    out << "source    " << name << "  goes on at " << position << '\n';
  const Json watermarks = watermarks_of(commit);
  for (const auto& [name, watermark] : watermarks.items())
    out << "watermark " << name << "  " << watermark.get<std::string>() << '\n';
  for (const auto& [name, kept] : found.state)
    out << "state     " << name << "  " << size_text(kept.bytes) << " in " << kept.shards
        << (kept.shards == 1 ? " shard\n" : " shards\n");
  for (const auto& [name, rest] : found.undelivered)
    out << "sink      " << name << "  may not have " << rest.rows
        << (rest.rows == 1 ? " row" : " rows") << " of epoch " << commit.epoch
        << ": given to it at the next start\n";
  if (!commit.state_files.empty()) write_state_files(commit, out);
}

void write_text(const Inspection& found, std::ostream& out) {
  out << "pipeline  " << found.format.pipeline << "  (" << found.format.shards << " shards, since "
      << timestamp_text(found.format.created_us) << ")\n";
  write_epochs(found, out);
  if (found.newest) write_newest(found, out);
  out << "\nfiles     " << found.files.size() << ", " << size_text(found.bytes())
      << (found.problems.empty() ? "; every byte verified\n" : "\n");
}

int inspect(const InspectFlags& flags, World& world) {
  PosixFileSystem files;
  try {
    const Inspection found = inspect_checkpoint(files, flags.directory);
    if (flags.json)
      world.out << to_json(found).dump() << '\n';
    else
      write_text(found, world.out);
    for (const std::string& problem : found.problems) world.err << "error: " << problem << '\n';
    return found.problems.empty() ? exit_done : exit_checkpoint;
  } catch (const Error& error) {
    world.err << "error: " << error.what() << '\n';
    return exit_checkpoint;
  }
}

}  // namespace

Verb checkpoint_inspect_verb() {
  return {"checkpoint inspect", "show and verify what a checkpoint holds, change nothing",
          "  millrace checkpoint inspect /var/lib/millrace/counts\n"
          "  millrace checkpoint inspect /var/lib/millrace/counts --json\n",
          [](FlagSet& set, World& world) {
            auto flags = std::make_shared<InspectFlags>();
            set.word("directory", flags->directory, "the checkpoint's directory");
            set.flag("--json", flags->json, "one JSON object instead of text");
            return Action([flags, &world] { return inspect(*flags, world); });
          }};
}

}  // namespace millrace::cli
