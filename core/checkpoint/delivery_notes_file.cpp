#include "core/checkpoint/delivery_notes_file.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/checkpoint/durable_file.hpp"

namespace millrace {
namespace {

constexpr std::uint8_t refused_record = 1;
constexpr std::uint8_t receipt_record = 2;
constexpr std::uint8_t discarded_record = 3;

template <typename Number>
void append(std::string& to, Number number) {
  std::array<char, sizeof number> bytes{};
  container::put(bytes.data(), number);
  to.append(bytes.data(), bytes.size());
}

void append_name(std::string& to, const std::string& name) {
  append(to, static_cast<std::uint32_t>(name.size()));
  to += name;
}

// Takes a record apart; what is not there reads as zero or empty, and is noted.
class Fields {
 public:
  explicit Fields(std::string_view record) : rest_(record) {}

  template <typename Number>
  Number number() {
    const std::string_view bytes = take(sizeof(Number));
    return bytes.size() == sizeof(Number) ? container::get<Number>(bytes.data()) : Number{};
  }
  std::string name() { return std::string(take(number<std::uint32_t>())); }
  std::string rest() const { return std::string(rest_); }
  bool whole() const { return whole_; }

 private:
  std::string_view take(std::size_t size) {
    whole_ = whole_ && size <= rest_.size();
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(taken.size());
    return taken;
  }

  std::string_view rest_;
  bool whole_ = true;
};

bool read_record(std::uint8_t type, std::string_view record, DeliveryNotes& notes) {
  Fields fields(record);
  if (type == refused_record) {
    OutboxAddress from;
    from.partition = fields.number<std::uint32_t>();
    const auto row = fields.number<std::uint64_t>();
    const auto attempt = fields.number<std::uint32_t>();
    from.sink = fields.name();
    notes.refused[from][row] = {attempt, fields.rest()};
  } else if (type == receipt_record) {
    const std::string sink = fields.name();
    notes.receipts[sink] = fields.rest();
  } else if (type == discarded_record) {
    notes.discarded.insert(fields.rest());
  }
  return fields.whole();
}

}  // namespace

ContainerSummary write_delivery_notes(FileSystem& files, const std::filesystem::path& directory,
                                      const EpochFileName& name, const WriterIdentity& writer,
                                      const DeliveryNotes& notes) {
  DurableFile file(files, directory, to_text(name));
  ContainerWriter container(file.content(),
                            {ContainerKind::notes, name.epoch, writer.job, writer.run});
  for (const auto& [from, rows] : notes.refused) {
    for (const auto& [row, refused] : rows) {
      std::string record;
      append(record, from.partition);
      append(record, row);
      append(record, refused.attempt);
      append_name(record, from.sink);
      container.append(refused_record, record + refused.reason);
    }
  }
  for (const auto& [sink, receipt] : notes.receipts) {
    std::string record;
    append_name(record, sink);
    container.append(receipt_record, record + receipt);
  }
  for (const std::string& sink : notes.discarded) container.append(discarded_record, sink);
  ContainerSummary summary = container.finish();
  file.publish();
  return summary;
}

std::optional<EpochFileName> newest_notes(const std::vector<EpochFileName>& files,
                                          std::uint64_t epoch) {
  std::optional<EpochFileName> newest;
  for (const EpochFileName& name : files)
    if (name.kind == EpochFileKind::notes && name.epoch == epoch &&
        (!newest || std::stoull(name.own_name) > std::stoull(newest->own_name)))
      newest = name;
  return newest;
}

DeliveryNotes read_delivery_notes(const FileSystem& files, const std::filesystem::path& directory,
                                  const EpochFileName& name, const Uuid& job) {
  DeliveryNotes notes;
  bool whole = true;
  const ContainerReader file(files, directory / to_text(name), ContainerKind::notes,
                             [&](RecordPlace, std::uint8_t type, std::string_view record) {
                               return whole = read_record(type, record, notes);
                             });
  if (!whole) file.refuse("a note in it is not whole");
  if (file.header().job != job) file.refuse("it belongs to another checkpoint");
  if (file.header().epoch != name.epoch) file.refuse("it belongs to another epoch");
  return notes;
}

}  // namespace millrace
