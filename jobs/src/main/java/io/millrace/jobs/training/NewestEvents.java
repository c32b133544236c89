package io.millrace.jobs.training;

import io.millrace.jobs.batch.BatchJob;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.flink.api.common.accumulators.LongMaximum;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.table.data.RowData;
import org.apache.flink.util.Collector;

/** Reads histories through for the event time of their newest row: nothing is sorted or kept. */
final class NewestEvents implements BatchJob {
  private final Histories histories;
  private final List<String> sources;

  NewestEvents(Histories histories, List<String> sources) {
    this.histories = histories;
    this.sources = sources;
  }

  @Override
  public String name() {
    return "millrace newest events";
  }

  @Override
  public int exchanges() {
    return sources.size();
  }

  @Override
  public void build(StreamExecutionEnvironment env) throws IOException {
    for (String source : sources) {
      histories
          .rowsOfUnknownTime(env, source)
          .process(new Newest(counter(source)))
          .returns(Types.LONG)
          .name(source + ": newest")
          .uid("newest-" + source)
          .sinkTo(new DiscardingSink<>())
          .name(source + ": newest, away")
          .uid("newest-" + source + "-away");
    }
  }

  /**
   * What a run has found; empty where no row has a time.
   *
   * @param counts its accumulators
   */
  static OptionalLong found(Map<String, Object> counts, String source) {
    return counts.get(counter(source)) instanceof Long newest && newest != Long.MIN_VALUE
        ? OptionalLong.of(newest)
        : OptionalLong.empty();
  }

  private static String counter(String source) {
    return "newest of " + source;
  }

  private static final class Newest extends ProcessFunction<RowData, Long> {
    private static final long serialVersionUID = 1L;

    private final String name;
    private transient LongMaximum newest;

    Newest(String name) {
      this.name = name;
    }

    @Override
    public void open(OpenContext context) {
      newest = new LongMaximum();
      getRuntimeContext().addAccumulator(name, newest);
    }

    @Override
    public void processElement(RowData row, Context context, Collector<Long> out) {
      if (context.timestamp() != null) {
        newest.add(context.timestamp());
      }
    }
  }
}
