#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "millrace/batch.hpp"

namespace millrace {

// Rows as bytes, for the outbox. Little endian, each buffer at a multiple of 16 bytes:
//
//     u8 kind (1: a part begins, 2: rows), 15 zeros
//     part:  the schema as text
//     rows:  u64 rows, u8 payloads follow, 7 zeros; then the columns, then the payloads
//     column: u64 length, u8 validity follows, 7 zeros; bits of validity; then by type
//         fixed width   the values          list       offsets, the column of the items
//         strings       offsets, the bytes  structure  the columns of the fields

/// What a schema must say for kept rows to be of it.
std::string text_of(const Schema& schema);

/// The record that begins what a sink's partition has kept.
std::string keep_part(const std::string& schema);
/// `payloads` is null where the sink takes rows as they are.
std::string keep_rows(const Batch& rows, const Column* payloads);

struct KeptRecord {
  std::optional<std::string> schema;  ///< a part begins
  Batch rows;
  std::optional<Column> payloads;
};

/// Takes a record apart. Its rows own a copy of the bytes. Throws Error{internal} where the bytes
/// are not rows of the schema.
KeptRecord read_kept(std::string_view record, const std::shared_ptr<const Schema>& schema);

}  // namespace millrace
