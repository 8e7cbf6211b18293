#include "core/checkpoint/recovery.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace millrace {
namespace {

constexpr std::size_t epoch_digits = 20;
constexpr std::size_t run_digits = 8;

constexpr std::array<std::pair<EpochFileKind, std::string_view>, 9> endings{
    {{EpochFileKind::plan, ".plan"},
     {EpochFileKind::commit, ".commit"},
     {EpochFileKind::decided, ".decided"},
     {EpochFileKind::delivered, ".delivered"},
     {EpochFileKind::delta, ".delta"},
     {EpochFileKind::snapshot, ".snapshot"},
     {EpochFileKind::outbox, ".outbox"},
     {EpochFileKind::notes, ".notes."},
     {EpochFileKind::kept, ".kept."}}};

constexpr std::size_t own_name_max = 64;

// It becomes part of a path.
bool is_own_name(std::string_view name) {
  constexpr std::string_view allowed =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.";
  return !name.empty() && name.size() <= own_name_max && name.front() != '.' &&
         name.find_first_not_of(allowed) == std::string_view::npos &&
         !name.ends_with(temporary_ending);
}

bool is_number(std::string_view name) {
  constexpr std::size_t digits_max = 9;
  return !name.empty() && name.size() <= digits_max && (name[0] != '0' || name == "0") &&
         name.find_first_not_of("0123456789") == std::string_view::npos;
}

RecoveryDecision refuse(const std::string& reason) {
  RecoveryDecision decision;
  decision.kind = RecoveryDecision::Kind::refuse;
  decision.reason = reason;
  return decision;
}

// The files of one kind with the highest epoch.
std::vector<EpochFileName> newest(const std::vector<EpochFileName>& files, EpochFileKind kind) {
  std::vector<EpochFileName> found;
  for (const EpochFileName& file : files) {
    if (file.kind != kind) continue;
    if (!found.empty() && file.epoch < found.front().epoch) continue;
    if (!found.empty() && file.epoch > found.front().epoch) found.clear();
    found.push_back(file);
  }
  return found;
}

std::vector<EpochFileName> of_epoch(const std::vector<EpochFileName>& files, EpochFileKind kind,
                                    std::uint64_t epoch) {
  std::vector<EpochFileName> found;
  for (const EpochFileName& file : files) {
    if (file.kind == kind && file.epoch == epoch) found.push_back(file);
  }
  return found;
}

RecoveryDecision without_commit(const std::vector<EpochFileName>& plans) {
  RecoveryDecision decision;
  if (plans.empty()) return decision;
  if (plans.front().epoch != 0) {
    return refuse(to_text(plans.front()) + " is there, but no epoch before it is committed");
  }
  decision.kind = RecoveryDecision::Kind::rerun;
  decision.plan = plans.front();
  return decision;
}

}  // namespace

std::string to_text(const EpochFileName& name) {
  std::string digits = std::to_string(name.epoch);
  digits.insert(0, epoch_digits - digits.size(), '0');
  const auto* ending = std::find_if(endings.begin(), endings.end(), [&](const auto& candidate) {
    return candidate.first == name.kind;
  });
  return digits + "-" + name.run + std::string(ending->second) + name.own_name;
}

std::optional<EpochFileName> parse_epoch_file_name(const std::string& name) {
  constexpr std::size_t stem = epoch_digits + 1 + run_digits;
  if (name.size() <= stem || name[epoch_digits] != '-') return std::nullopt;
  EpochFileName parsed;
  const char* const digits_end = name.data() + epoch_digits;
  const auto [end, problem] = std::from_chars(name.data(), digits_end, parsed.epoch);
  if (problem != std::errc() || end != digits_end) return std::nullopt;
  parsed.run = name.substr(epoch_digits + 1, run_digits);
  if (parsed.run.find_first_not_of("0123456789abcdef") != std::string::npos) return std::nullopt;
  const std::string_view rest = std::string_view(name).substr(stem);
  for (const auto& [kind, ending] : endings) {
    if (!rest.starts_with(ending)) continue;
    parsed.kind = kind;
    parsed.own_name = rest.substr(ending.size());
    bool fits = parsed.own_name.empty();
    if (kind == EpochFileKind::kept) fits = is_own_name(parsed.own_name);
    if (kind == EpochFileKind::notes) fits = is_number(parsed.own_name);
    if (fits) return parsed;
  }
  return std::nullopt;
}

RecoveryDecision decide(const std::vector<EpochFileName>& epochs) {
  const std::vector<EpochFileName> plans = newest(epochs, EpochFileKind::plan);
  const std::vector<EpochFileName> commits = newest(epochs, EpochFileKind::commit);
  if (plans.size() > 1)
    return refuse("there are two plans of one epoch, one is " + to_text(plans.front()));
  if (commits.size() > 1) {
    return refuse("there are two commit records of one epoch, one is " + to_text(commits.front()));
  }
  if (commits.empty()) return without_commit(plans);

  const EpochFileName& commit = commits.front();
  const std::vector<EpochFileName> answered = of_epoch(epochs, EpochFileKind::plan, commit.epoch);
  if (answered.size() > 1) return refuse("there are two plans for " + to_text(commit));
  if (!plans.empty() && plans.front().epoch > commit.epoch + 1)
    return refuse(to_text(plans.front()) + " is there, but the newest commit record is " +
                  to_text(commit));

  RecoveryDecision decision;
  decision.kind = RecoveryDecision::Kind::committed;
  decision.commit = commit;
  if (!answered.empty()) decision.commit_plan = answered.front();
  if (!plans.empty() && plans.front().epoch == commit.epoch + 1) {
    decision.kind = RecoveryDecision::Kind::rerun;
    decision.plan = plans.front();
  }
  return decision;
}

}  // namespace millrace
