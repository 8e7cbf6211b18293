package bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableResult;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;

/**
 * Runs one SQL script over what is in a topic, then ends. Statements end with a semicolon at the end of a line;
 * ${SOURCE}, ${SINK}, ${KEYED} and ${UPSERT} stand for the options of the connectors. Query 6 is a DataStream program, since Flink
 * SQL has no OVER window on a result that changes.
 */
public final class Main {
  private static final long SECONDS_MAX = 1200;

  private static final String LAST_TEN = "LAST TEN OF EACH SELLER";

  public static void main(String[] arguments) throws Exception {
    Map<String, String> options = new HashMap<>();
    for (int i = 0; i + 1 < arguments.length; i += 2) options.put(arguments[i].substring(2), arguments[i + 1]);
    Path work = Path.of(options.get("dir")).toAbsolutePath();
    Files.createDirectories(work);

    String script = Files.readString(Path.of(options.get("script")));
    Configuration configuration = configuration(work);
    // Mini-batches are marked by watermarks of the wall clock where a statement has no event time; a DataStream program
    // would take them for its own.
    if (!script.contains(LAST_TEN)) miniBatches().forEach(configuration::setString);
    StreamExecutionEnvironment stream = StreamExecutionEnvironment.createLocalEnvironment(configuration);
    StreamTableEnvironment tables = StreamTableEnvironment.create(stream,
        EnvironmentSettings.newInstance().inStreamingMode().withConfiguration(configuration).build());
    tables.createTemporarySystemFunction("campaign_of", new CampaignOf(options.getOrDefault("campaigns", "")));

    TableResult last = null;
    for (String statement : script.replaceAll("(?m)^--.*$", "").split(";\\s*\\n")) {
      if (statement.isBlank()) continue;
      String text = statement
          .replace("${SOURCE}", source(options)).replace("${SINK}", sink(options))
          .replace("${KEYED}", keyed(options)).replace("${UPSERT}", upsert(options));
      last = text.strip().equals(LAST_TEN) ? LastTen.run(tables) : tables.executeSql(text);
    }
    last.await(SECONDS_MAX, TimeUnit.SECONDS);
    System.exit(0);
  }

  /** What the window job of a fair comparison has: two slots, a checkpoint a second, objects used again. */
  private static Configuration configuration(Path work) {
    Configuration configuration = new Configuration();
    configuration.set(CoreOptions.DEFAULT_PARALLELISM, 2);
    configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofSeconds(1));
    Map<String, String> more = new HashMap<>();
    more.put("execution.checkpointing.mode", "EXACTLY_ONCE");
    more.put("state.backend.type", "hashmap");
    more.put("execution.checkpointing.storage", "filesystem");
    more.put("execution.checkpointing.dir", "file://" + work.resolve("checkpoints"));
    more.put("io.tmp.dirs", work.toString());
    more.put("taskmanager.memory.managed.size", "256m");
    more.put("taskmanager.memory.network.min", "64m");
    more.put("taskmanager.memory.network.max", "64m");
    more.put("taskmanager.numberOfTaskSlots", "2");
    for (String host : new String[] {"rest.address", "jobmanager.rpc.address", "taskmanager.bind-host", "taskmanager.host"})
      more.put(host, "127.0.0.1");
    more.put("pipeline.object-reuse", "true");
    more.put("table.local-time-zone", "UTC");
    more.forEach(configuration::setString);
    return configuration;
  }

  /** As the published Nexmark suite for Flink has them. */
  private static Map<String, String> miniBatches() {
    return Map.of("table.exec.mini-batch.enabled", "true", "table.exec.mini-batch.allow-latency", "2 s",
        "table.exec.mini-batch.size", "50000");
  }

  private static String source(Map<String, String> options) {
    return "'connector' = 'kafka', 'topic' = '" + options.get("topic") + "', " + brokers(options)
        + ", 'properties.group.id' = 'nexmark-flink', 'scan.startup.mode' = 'earliest-offset'"
        + ", 'scan.bounded.mode' = 'latest-offset', 'properties.max.partition.fetch.bytes' = '8388608'"
        + ", 'properties.fetch.max.bytes' = '67108864', 'properties.receive.buffer.bytes' = '4194304'"
        + ", 'properties.max.poll.records' = '10000', 'format' = 'json', 'json.timestamp-format.standard' = 'ISO-8601'";
  }

  private static String sink(Map<String, String> options) {
    return "'connector' = 'kafka', " + written(options)
        + ", 'format' = 'json', 'json.timestamp-format.standard' = 'ISO-8601'";
  }

  private static String keyed(Map<String, String> options) {
    return "'connector' = 'kafka', " + written(options) + ", 'value.format' = 'json'";
  }

  private static String upsert(Map<String, String> options) {
    return "'connector' = 'upsert-kafka', " + written(options)
        + ", 'key.format' = 'json', 'value.format' = 'json'";
  }

  private static String written(Map<String, String> options) {
    return "'topic' = '" + options.get("out") + "', " + brokers(options)
        + ", 'sink.delivery-guarantee' = 'at-least-once', 'properties.linger.ms' = '20', 'properties.batch.size' = '524288'";
  }

  private static String brokers(Map<String, String> options) {
    return "'properties.bootstrap.servers' = '" + options.get("brokers") + "'";
  }
}
