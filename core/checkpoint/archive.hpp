#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "core/checkpoint/checkpoint.hpp"
#include "core/checkpoint/container.hpp"
#include "core/system/file_system.hpp"
#include "core/system/random.hpp"

namespace millrace {

// One epoch of a checkpoint in one file, to be kept elsewhere or moved. It is a container, so every
// byte of it is verified, of two kinds of records:
//
//     name  (type 1)   of a file: FORMAT, or one of epochs/ or state/ as recovery.hpp has them
//     bytes (type 2)   of the file before it, at most 1 MiB
//
// In it are FORMAT, plan and commit record of the epoch, and the files that its state is made of.

struct ArchivedEpoch {
  CheckpointFormat format;
  std::uint64_t epoch = 0;
  std::int64_t committed_us = 0;
  std::size_t files = 0;
  std::uint64_t bytes = 0;
};

// Writes the newest epoch that is known to be committed, or the one that is named, to a file, which
// must not exist. Takes no lock: what is committed does not change, so the pipeline may run. Throws
// a CheckpointError where it cannot be done.
ArchivedEpoch export_epoch(FileSystem& files, Rng& rng, const std::filesystem::path& directory,
                           std::optional<std::uint64_t> epoch, const std::filesystem::path& to);

// Makes a checkpoint of such a file. The directory must not exist, and is none before its last
// file, FORMAT, is there. With `as_new_job` sinks and deciders take it for a job that they do not
// know, so that epochs which the old one went on with are not mistaken for its own.
ArchivedEpoch import_epoch(FileSystem& files, Rng& rng, const std::filesystem::path& from,
                           const std::filesystem::path& directory, bool as_new_job);

}  // namespace millrace
