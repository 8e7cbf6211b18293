// The notes of a delivery on disk: a container of three kinds of records:
//
//     refused (type 1)   u32 partition, u64 row, u32 attempt, u32 length of the name, the sink's
//                        name, the reason
//     receipt (type 2)   u32 length of the name, the sink's name, the receipt
//     discarded (type 3) the sink's name

#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "core/checkpoint/container.hpp"
#include "core/checkpoint/epoch_log.hpp"
#include "core/checkpoint/outbox.hpp"
#include "core/checkpoint/recovery.hpp"

namespace millrace {

ContainerSummary write_delivery_notes(FileSystem& files, const std::filesystem::path& directory,
                                      const EpochFileName& name, const WriterIdentity& writer,
                                      const DeliveryNotes& notes);

// The last notes of that epoch among the files.
std::optional<EpochFileName> newest_notes(const std::vector<EpochFileName>& files,
                                          std::uint64_t epoch);

// A file that is torn, changed, of another epoch or of another checkpoint is refused.
DeliveryNotes read_delivery_notes(const FileSystem& files, const std::filesystem::path& directory,
                                  const EpochFileName& name, const Uuid& job);

}  // namespace millrace
