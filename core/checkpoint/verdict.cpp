#include "core/checkpoint/verdict.hpp"

#include <algorithm>
#include <utility>

namespace millrace {
namespace {

constexpr const char* restore =
    ". This directory is an older copy, or the epochs were decided for another one: restore the "
    "newest copy of the directory, or start over with an empty one and a new consumer of the "
    "output";

Verdict refuse(std::string reason) {
  Verdict verdict;
  verdict.kind = Verdict::Kind::refuse;
  verdict.reason = std::move(reason);
  return verdict;
}

std::string in_words(const Marker& marker) {
  if (marker.epoch == Marker::before_the_first) return "that no epoch is committed";
  return "that epoch " + std::to_string(marker.epoch) + " is the newest committed one";
}

Verdict forward(const FoundCommit& base) {
  Verdict verdict;
  verdict.kind = Verdict::Kind::roll_forward;
  verdict.base = base;
  return verdict;
}

const FoundCommit* with_hash(const std::vector<FoundCommit>& records, const std::string& hash) {
  const auto found = std::find_if(records.begin(), records.end(),
                                  [&](const FoundCommit& each) { return each.hash == hash; });
  return found == records.end() ? nullptr : &*found;
}

// The newest epoch was not decided: what there is of it goes, and it runs again.
Verdict back(const Evidence& found, const std::optional<FoundCommit>& base) {
  Verdict verdict;
  verdict.kind = base ? Verdict::Kind::roll_back : Verdict::Kind::fresh;
  verdict.base = base;
  for (const FoundCommit& each : found.newest) verdict.discard.push_back(each.name);
  return verdict;
}

Verdict without_records(const Evidence& found) {
  Verdict verdict;
  if (!found.marker) {
    verdict.write_marker = found.decider.has_value();
    return verdict;
  }
  if (found.marker->epoch == Marker::before_the_first) return verdict;
  return refuse(*found.decider + " says " + in_words(*found.marker) +
                ", but the checkpoint holds no commit record" + restore);
}

// No marker, and a record that waits for a decision.
Verdict without_marker(const Evidence& found) {
  const FoundCommit& newest = found.newest.front();
  const std::uint64_t epoch = newest.name.epoch;
  const std::string number = std::to_string(epoch);
  const auto known = std::find_if(found.newest.begin(), found.newest.end(),
                                  [](const FoundCommit& each) { return each.known_decided; });
  if (known != found.newest.end()) {
    Verdict verdict = forward(*known);
    verdict.write_marker = found.decider.has_value();
    if (found.decider)
      verdict.remark = *found.decider + " has forgotten that epoch " + number +
                       " is committed; the checkpoint knows it, and it is written there again";
    return verdict;
  }
  const bool one_record = found.newest.size() == 1;
  if (one_record && found.assumption.committed == epoch) {
    Verdict verdict = forward(newest);
    verdict.write_marker = found.decider.has_value();
    verdict.remark = "epoch " + number + " is taken as committed, as --assume-committed says";
    return verdict;
  }
  if (found.assumption.aborted == epoch && found.parents.size() <= 1) {
    Verdict verdict =
        back(found, found.parents.empty() ? std::nullopt : std::optional(found.parents.front()));
    verdict.write_marker = found.decider.has_value();
    verdict.remark = "epoch " + number + " is run again, as --assume-aborted says";
    return verdict;
  }
  const std::string ways =
      " Look whether its rows are in the output; then run once with --assume-committed=" + number +
      " if they are, or with --assume-aborted=" + number + " if they are not";
  if (!found.decider)
    return refuse("epoch " + number + " was prepared for " + newest.decider +
                  " to decide, and the pipeline has no sink there any more. Run it once with the "
                  "exactly-once sink that it had." +
                  ways);
  return refuse("epoch " + number + " was prepared for " + newest.decider + " to decide, and " +
                *found.decider +
                " knows nothing of this checkpoint: it was idle for longer than "
                "the cluster keeps offsets, its topic was made again, or the cluster is another "
                "one." +
                ways);
}

// The newest record was its own decision: the pipeline had no decider when it was written.
Verdict self_decided(const Evidence& found) {
  const FoundCommit& newest = found.newest.front();
  Verdict verdict = forward(newest);
  if (!found.decider) return verdict;
  const auto epoch = static_cast<std::int64_t>(newest.name.epoch);
  verdict.write_marker = !found.marker || found.marker->epoch < epoch;
  if (found.marker && (found.marker->epoch > epoch ||
                       (found.marker->epoch == epoch && found.marker->record != newest.hash)))
    return refuse(*found.decider + " says " + in_words(*found.marker) +
                  ", but the checkpoint's "
                  "newest is " +
                  to_text(newest.name) + restore);
  return verdict;
}

Verdict judge_decisions(const Evidence& found) {
  if (found.newest.empty()) return without_records(found);
  const FoundCommit& newest = found.newest.front();
  if (newest.decider.empty()) {
    if (found.newest.size() > 1)
      return refuse("there are two commit records of one epoch, one is " + to_text(newest.name));
    return self_decided(found);
  }
  if (!found.decider || !found.marker) return without_marker(found);

  const Marker& marker = *found.marker;
  const auto epoch = static_cast<std::int64_t>(newest.name.epoch);
  const std::string contradiction = *found.decider + " says " + in_words(marker) +
                                    ", but the checkpoint's newest is " + to_text(newest.name);
  if (marker.epoch == epoch) {
    const FoundCommit* const decided = with_hash(found.newest, marker.record);
    if (decided == nullptr)
      return refuse(contradiction + ", which is not the one that was decided" + restore);
    Verdict verdict = forward(*decided);
    for (const FoundCommit& each : found.newest)
      if (each.name != decided->name) verdict.discard.push_back(each.name);
    return verdict;
  }
  if (marker.epoch != epoch - 1) return refuse(contradiction + restore);
  if (std::any_of(found.newest.begin(), found.newest.end(),
                  [](const FoundCommit& each) { return each.known_decided; }))
    return refuse(contradiction +
                  ", which it had decided before: it has lost a decision. If the "
                  "cluster was restored from a copy, its output lacks epochs that this checkpoint "
                  "holds; start over with an empty directory");
  if (marker.epoch == Marker::before_the_first) return back(found, std::nullopt);
  const FoundCommit* const parent = with_hash(found.parents, marker.record);
  if (parent == nullptr)
    return refuse(contradiction +
                  ", and the commit record of the epoch before is not the one that "
                  "was decided" +
                  restore);
  return back(found, *parent);
}

}  // namespace

// Sinks get what is decided, and an epoch before the next one begins: only the newest decided one
// can have something left for them.
Verdict judge(const Evidence& found) {
  Verdict verdict = judge_decisions(found);
  verdict.deliver = verdict.base && verdict.base->for_sinks && !verdict.base->delivered;
  return verdict;
}

Marker marker_of(const std::optional<FoundCommit>& base, const std::string& run) {
  if (!base) return {Marker::before_the_first, "", run};
  return {static_cast<std::int64_t>(base->name.epoch), base->hash, run};
}

}  // namespace millrace
