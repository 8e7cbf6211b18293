#include <algorithm>
#include <array>

#include "core/checkpoint/container.hpp"

namespace millrace {

using namespace container;  // NOLINT(google-build-using-namespace): the layout's constants

namespace {

constexpr std::size_t buffer_max = payload_max;

}  // namespace

ContainerWriter::ContainerWriter(WritableFile& file, const ContainerHeader& header) : file_(file) {
  std::array<char, header_size> bytes{};
  std::copy(header_mark.begin(), header_mark.end(), bytes.begin());
  put(&bytes[4], major_version);
  put(&bytes[6], minor_version);
  put(&bytes[8], static_cast<std::uint8_t>(header.kind));
  put(&bytes[16], header.epoch);
  std::copy(header.job.begin(), header.job.end(), &bytes[24]);
  std::copy(header.run.begin(), header.run.end(), &bytes[40]);
  put(&bytes[60], check_of({bytes.data(), 60}));
  buffer_.append(bytes.data(), bytes.size());
}

void ContainerWriter::append(std::uint8_t type, std::string_view record) {
  while (record.size() > payload_max) {
    append_block(type | continued, record.substr(0, payload_max));
    record.remove_prefix(payload_max);
  }
  append_block(type, record);
}

void ContainerWriter::append_block(std::uint8_t type, std::string_view payload) {
  const std::size_t start = buffer_.size();
  std::array<char, block_head_size> head{};
  put(head.data(), static_cast<std::uint32_t>(payload.size()));
  put(&head[4], type);
  buffer_.append(head.data(), head.size());
  buffer_.append(payload);
  std::array<char, check_size> check{};
  put(check.data(), check_of(std::string_view(buffer_).substr(start), blocks_));
  buffer_.append(check.data(), check.size());
  ++blocks_;
  payload_ += payload.size();
  if (buffer_.size() >= buffer_max) flush();
}

void ContainerWriter::flush() {
  digest_.add(buffer_);
  file_.write(buffer_);
  flushed_ += buffer_.size();
  buffer_.clear();
}

ContainerSummary ContainerWriter::finish() {
  append_block(end_type, {});
  digest_.add(buffer_);
  const std::array<char, 16> hash = digest_.value();
  std::array<char, footer_size> footer{};
  put(footer.data(), blocks_);
  put(&footer[8], payload_);
  std::copy(hash.begin(), hash.end(), &footer[16]);
  std::copy(footer_mark.begin(), footer_mark.end(), &footer[40]);
  put(&footer[44], check_of({footer.data(), 44}));
  buffer_.append(footer.data(), footer.size());
  file_.write(buffer_);
  flushed_ += buffer_.size();
  buffer_.clear();
  return {flushed_, payload_, to_hex({hash.data(), hash.size()})};
}

}  // namespace millrace
