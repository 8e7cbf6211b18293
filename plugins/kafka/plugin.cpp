#include "millrace/plugin.hpp"

#include "plugins/kafka/sink.hpp"
#include "plugins/kafka/source.hpp"

MILLRACE_PLUGIN("kafka", "0.1.0",
                millrace::source<millrace::kafka::KafkaSource, millrace::kafka::SourceSettings>(
                    "kafka", "Reads topics of Apache Kafka.",
                    millrace::kafka::SourceSettings::list(),
                    millrace::source_payloads | millrace::source_announces),
                millrace::sink<millrace::kafka::KafkaSink, millrace::kafka::SinkSettings>(
                    "kafka",
                    "Writes one record per row to a topic of Apache Kafka, exactly once if asked.",
                    millrace::kafka::SinkSettings::list(), millrace::sink_encoded));
