#pragma once
#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <librdkafka/rdkafka.h>

// The few calls of librdkafka that tests need, with errors as exceptions.
namespace kafka_tool {

struct Failure : std::runtime_error {
  using std::runtime_error::runtime_error;
};

using Properties = std::map<std::string, std::string>;

struct ClientClosed {
  void operator()(rd_kafka_t* client) const { rd_kafka_destroy(client); }
};
using Client = std::unique_ptr<rd_kafka_t, ClientClosed>;

Client make_client(rd_kafka_type_t type, const std::string& bootstrap,
                   const Properties& properties);

void create_topic(const std::string& bootstrap, const std::string& topic, int partitions,
                  const Properties& configuration);
void add_partitions(const std::string& bootstrap, const std::string& topic, int partitions);
void delete_topic(const std::string& bootstrap, const std::string& topic);
int partition_count(const std::string& bootstrap, const std::string& topic);

struct Record {
  int32_t partition;
  int64_t offset;
  int64_t timestamp_ms;
  std::string_view key;
  std::string_view value;
  bool has_key;
  bool has_value;
  const rd_kafka_headers_t* headers;  // null when there are none
};

Record record_of(const rd_kafka_message_t& message);

// Reads every partition from its beginning to the end it had when asked, committed records only,
// and hands each record over. Stops early once the callback returns false.
void read_topic(const std::string& bootstrap, const std::string& topic,
                const std::function<bool(const Record&)>& take);

class Producer {
 public:
  Producer(const std::string& bootstrap, const Properties& properties);
  // Without a partition librdkafka chooses by the key.
  void send(const std::string& topic, std::string_view key, std::string_view value,
            int32_t partition = RD_KAFKA_PARTITION_UA);
  // Waits until every record is acknowledged; throws if one was not.
  void finish();
  // Lets acknowledgements in for up to the given time.
  void serve(int milliseconds);

 private:
  std::string failure_;
  Client client_;
};

}  // namespace kafka_tool
