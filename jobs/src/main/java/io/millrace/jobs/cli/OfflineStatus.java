package io.millrace.jobs.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.document.Environment;
import io.millrace.jobs.offline.OfflineUpkeep;
import io.millrace.jobs.offline.TableStatus;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code millrace offline status}. */
@Command(
    name = "status",
    description = "Shows rows, files, snapshots and the last commit of every history table.",
    mixinStandardHelpOptions = true)
final class OfflineStatus extends OfflineCommand.OnTables {

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  OfflineStatus(Environment environment) {
    super(environment);
  }

  @Override
  int run(OfflineUpkeep upkeep, List<String> tables) throws IOException {
    ArrayNode list = new ObjectMapper().createArrayNode();
    TextTable text =
        new TextTable(
            "table",
            "holds",
            "rows",
            "files",
            "small",
            "deletes",
            "size",
            "snapshots",
            "committed");
    long small = 0;
    for (String name : tables) {
      Optional<TableStatus> found = upkeep.status(name);
      if (found.isEmpty()) {
        text.add(name, "(not made yet)", "", "", "", "", "", "", "");
        list.addObject().put("table", name).put("exists", false);
        continue;
      }
      TableStatus status = found.get();
      small += status.smallFiles();
      text.add(
          name,
          status.content(),
          String.format(Locale.ROOT, "%,d", status.rows()),
          status.dataFiles(),
          status.smallFiles(),
          status.deleteFiles(),
          size(status.bytes()),
          status.snapshots(),
          status.committed().map(OfflineStatus::seconds).orElse("never"));
      describe(list.addObject(), status);
    }
    if (json) {
      out().println(list.toPrettyString());
      return ExitCodes.OK;
    }
    out().print(text);
    if (small > 0) {
      out().println();
      out().println(small + " small files can be joined: millrace offline compact " + file);
    }
    return ExitCodes.OK;
  }

  private static void describe(ObjectNode node, TableStatus status) {
    node.put("table", status.table())
        .put("exists", true)
        .put("content", status.content())
        .put("rows", status.rows())
        .put("data_files", status.dataFiles())
        .put("delete_files", status.deleteFiles())
        .put("small_files", status.smallFiles())
        .put("bytes", status.bytes())
        .put("snapshots", status.snapshots())
        .put("committed", status.committed().map(Instant::toString).orElse(null));
  }

  private static String seconds(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /** In the unit that leaves one to three digits before the point. */
  static String size(long bytes) {
    String[] units = {"B", "KB", "MB", "GB", "TB", "PB"};
    double size = bytes;
    int unit = 0;
    while (size >= 1_000 && unit < units.length - 1) {
      size /= 1_000;
      unit++;
    }
    return unit == 0 ? bytes + " B" : String.format(Locale.ROOT, "%.1f %s", size, units[unit]);
  }
}
