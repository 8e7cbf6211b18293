package bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.table.functions.FunctionContext;
import org.apache.flink.table.functions.ScalarFunction;

/**
 * The campaign of an ad, from a table in memory: how the Yahoo benchmark's own program for Flink does it. A join in SQL
 * would lose the event time, and with it the window.
 */
public final class CampaignOf extends ScalarFunction {
  private static final Pattern LINE = Pattern.compile("\"ad_id\":\"([^\"]+)\",\"campaign_id\":\"([^\"]+)\"");

  private final String path;
  private transient Map<String, String> campaigns;

  public CampaignOf(String path) {
    this.path = path;
  }

  @Override
  public void open(FunctionContext context) {
    campaigns = new HashMap<>();
    if (path.isEmpty()) return;
    try {
      for (String line : Files.readAllLines(Path.of(path))) {
        Matcher found = LINE.matcher(line);
        if (found.find()) campaigns.put(found.group(1), found.group(2));
      }
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    }
  }

  public String eval(String ad) {
    return campaigns.get(ad);
  }
}
