package io.millrace.quickstart.cluster;

import io.millrace.quickstart.Home;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Submits pipelines for programs that want to know the job's id. */
public final class JobSubmission {

  private static final Pattern JOB_ID = Pattern.compile("JobID ([0-9a-f]{32})");

  private JobSubmission() {}

  /**
   * Submits a pipeline and returns the job's id.
   *
   * @param environment holds {@code FLINK_REST} and what the pipeline file asks for
   * @param flinkOptions of {@code flink run}, for example {@code -s PATH}
   * @param arguments of the job, for example {@code --pipeline FILE}
   */
  public static String submit(
      Home home,
      Map<String, String> environment,
      List<String> flinkOptions,
      List<String> arguments) {
    ProcessBuilder client = SubmitCommand.submission(home, environment, flinkOptions, arguments);
    try {
      Process process = client.redirectErrorStream(true).start();
      String output;
      try (InputStream in = process.getInputStream()) {
        output = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      }
      Matcher jobId = JOB_ID.matcher(output);
      if (process.waitFor() != 0 || !jobId.find()) {
        throw new IllegalStateException("the job was not taken by the cluster:\n" + output);
      }
      return jobId.group(1);
    } catch (IOException failure) {
      throw new UncheckedIOException("Flink's client could not be started", failure);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while submitting the job", interrupted);
    }
  }
}
