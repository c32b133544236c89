package io.millrace.jobs.cli;

import io.millrace.drift.TableComparison;
import io.millrace.drift.statistics.ColumnKind;
import io.millrace.drift.statistics.ColumnTally;
import io.millrace.drift.statistics.NumberTally;
import io.millrace.jobs.report.DriftReport;
import io.millrace.jobs.report.DriftReportHtml;
import io.millrace.jobs.tables.TableException;
import io.millrace.jobs.tables.TableFile;
import io.millrace.pipeline.DriftMonitorSpec;
import io.millrace.records.DriftOutcome;
import io.millrace.records.DriftResult;
import io.millrace.records.DriftSummary;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code millrace drift check}. */
@Command(
    name = "check",
    description = {
      "Compares two tables column by column, with the rules that hold for streams: a column drifted"
          + " when a difference is both certain and large. For CI pipelines: exits 1 on drift.",
      "",
      "Files are CSV with a line of names (.csv, .csv.gz) or Parquet (.parquet), read once and"
          + " without being held in memory.",
      ""
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:No drift, or too few rows to say.",
      "1:Drift.",
      "2:The files cannot be compared; why was printed.",
      "64:The command line is wrong."
    },
    footer = {
      "",
      "For example:",
      "  millrace drift check --reference train.parquet --current today.parquet",
      "  millrace drift check --reference a.csv --current b.csv --columns age,income --psi 0.25"
    })
final class DriftCheckCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = "--reference",
      required = true,
      paramLabel = "FILE",
      description = "The table to compare with.")
  private Path reference;

  @Option(
      names = "--current",
      required = true,
      paramLabel = "FILE",
      description = "The table that may have drifted.")
  private Path current;

  @Option(
      names = "--columns",
      split = ",",
      paramLabel = "NAME",
      description = "Columns to compare; by default all that can be.")
  private Set<String> columns = new LinkedHashSet<>();

  @Option(
      names = "--categories",
      split = ",",
      paramLabel = "NAME",
      description = "Columns of numbers that are names, such as codes.")
  private Set<String> categories = new LinkedHashSet<>();

  @Option(
      names = "--psi",
      defaultValue = "0.1",
      paramLabel = "X",
      description =
          "Effect that matters, as a population stability index; the thresholds of the other"
              + " statistics follow. 0.1 is moderate, 0.25 large. Default: 0.1")
  private double psi;

  @Option(
      names = "--p-value",
      defaultValue = "0.01",
      paramLabel = "P",
      description = "Significance, adjusted for all tests. Default: 0.01")
  private double pValue;

  @Option(
      names = "--share",
      defaultValue = "0",
      paramLabel = "X",
      description = "Share of columns, 0 to 1, that must drift. Default: any column")
  private double share;

  @Option(
      names = "--min-rows",
      defaultValue = "50",
      paramLabel = "N",
      description = "Fewer rows are not judged. Default: 50")
  private long minRows;

  @Option(names = "--out", paramLabel = "FILE", description = "Write a report to this HTML file.")
  private Path out;

  @Option(names = "--json", description = "Print all figures as JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    require(psi > 0, "--psi is greater than 0, not " + psi);
    require(pValue > 0 && pValue < 1, "--p-value lies between 0 and 1, not " + pValue);
    require(share >= 0 && share <= 1, "--share lies between 0 and 1, not " + share);
    require(minRows >= 1, "--min-rows is at least 1, not " + minRows);
    List<DriftResult> results;
    TableComparison comparison =
        new TableComparison(
            "check",
            reference.toString(),
            Files.exists(current) ? Files.getLastModifiedTime(current).toMillis() : 0,
            new DriftMonitorSpec.Alarm(psi, pValue, share, 1, minRows));
    try {
      results = compare(comparison);
    } catch (TableException | IllegalArgumentException unusable) {
      PrintWriter err = spec.commandLine().getErr();
      err.println("drift check: " + unusable.getMessage());
      err.flush();
      return ExitCodes.PROBLEMS;
    }
    DriftSummary summary = comparison.summary(results);
    print(results, summary);
    return summary.outcome() == DriftOutcome.DRIFT ? ExitCodes.DRIFT : ExitCodes.OK;
  }

  private void require(boolean right, String otherwise) {
    if (!right) {
      throw new ParameterException(spec.commandLine(), otherwise);
    }
  }

  private List<DriftResult> compare(TableComparison comparison) {
    Map<String, ColumnKind> kinds = new HashMap<>();
    categories.forEach(column -> kinds.put(column, ColumnKind.CATEGORY));
    Map<String, ColumnTally> before =
        TableFile.tallies(reference, columns, kinds, NumberTally.REFERENCE_LIMIT);
    if (before.values().stream().allMatch(tally -> tally.rows() == 0)) {
      throw new IllegalArgumentException("the reference " + reference + " has no rows");
    }
    // The reference decides what a column is: a window of few rows could be taken for another.
    before.forEach((column, tally) -> kinds.put(column, tally.kind()));
    Map<String, ColumnTally> now =
        TableFile.tallies(current, before.keySet(), kinds, NumberTally.REFERENCE_LIMIT);
    return comparison.compare(before, now);
  }

  private void print(List<DriftResult> results, DriftSummary summary) throws IOException {
    DriftReport report =
        new DriftReport(
            current.getFileName().toString(), current + " held against " + reference, null);
    results.forEach(report::add);
    report.add(summary);
    PrintWriter writer = spec.commandLine().getOut();
    if (json) {
      writer.println(report.json().toPrettyString());
    } else {
      writer.print(DriftText.table(results));
      writer.println();
      writer.println(DriftText.verdict(summary));
    }
    if (out != null) {
      DriftReportHtml.write(report, out);
      if (!json) {
        writer.println("report   " + out);
      }
    }
    writer.flush();
  }
}
