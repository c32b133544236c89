package io.millrace.jobs.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.testkit.Deadline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFilterFunction;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.junit.jupiter.api.Test;

class LocalBatchFlinkITCase {

  @Test
  void shouldRunJobsOneAfterTheOtherAndLeaveNoFiles() throws Exception {
    Path folder;
    try (LocalBatchFlink flink = LocalBatchFlink.of(2, 1)) {
      BatchResult first = flink.run(new Count(100, -1), counts -> {});
      BatchResult second = flink.run(new Count(7, -1), counts -> {});
      assertThat(BatchResult.count(first.counts(), "seen")).isEqualTo(100);
      assertThat(BatchResult.count(second.counts(), "seen")).isEqualTo(7);
      assertThat(BatchResult.count(second.counts(), "another")).isZero();
      folder = flink.folder();
      assertThat(folder).isDirectory();
    }
    Deadline.await(Duration.ofSeconds(30), "Flink leaves no files", () -> Files.notExists(folder));
  }

  @Test
  void shouldTellTheWordsOfATaskThatFailed() {
    try (LocalBatchFlink flink = LocalBatchFlink.of(1, 1)) {
      assertThatThrownBy(() -> flink.run(new Count(100, 42), counts -> {}))
          .isInstanceOf(BatchFailure.class)
          .hasMessage("row 42 is too much");
    }
  }

  @Test
  void shouldTellWhatAJobReadsInVain() {
    try (LocalBatchFlink flink = LocalBatchFlink.of(1, 1)) {
      assertThatThrownBy(() -> flink.run(new Unreadable(), counts -> {}))
          .isInstanceOf(IOException.class)
          .hasMessage("there is no history");
    }
  }

  /** Counts the numbers up to one, and fails at one of them. */
  private record Count(long rows, long failsAt) implements BatchJob {
    @Override
    public String name() {
      return "count";
    }

    @Override
    public int exchanges() {
      return 1;
    }

    @Override
    public void build(StreamExecutionEnvironment env) {
      env.fromSequence(1, rows)
          .uid("numbers")
          .filter(new Seen(failsAt))
          .uid("seen")
          .sinkTo(new DiscardingSink<>())
          .uid("away");
    }
  }

  private static final class Seen extends RichFilterFunction<Long> {
    private static final long serialVersionUID = 1L;

    private final long failsAt;
    private transient LongCounter seen;

    Seen(long failsAt) {
      this.failsAt = failsAt;
    }

    @Override
    public void open(OpenContext context) {
      seen = new LongCounter();
      getRuntimeContext().addAccumulator("seen", seen);
    }

    @Override
    public boolean filter(Long row) throws BatchFailure {
      if (row == failsAt) {
        throw new BatchFailure("row " + row + " is too much", new IllegalStateException("deep"));
      }
      seen.add(1L);
      return true;
    }
  }

  private record Unreadable() implements BatchJob {
    @Override
    public String name() {
      return "unreadable";
    }

    @Override
    public int exchanges() {
      return 0;
    }

    @Override
    public void build(StreamExecutionEnvironment env) throws IOException {
      throw new IOException("there is no history");
    }
  }
}
