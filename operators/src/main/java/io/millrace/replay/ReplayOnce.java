package io.millrace.replay;

import io.millrace.records.DeadLetter;
import io.millrace.records.Replay;
import java.time.Duration;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Lets each replay pass once, however often it was sent. Keyed by {@link Replay#identity}.
 *
 * <p>A record that passes and is refused again comes back in a letter that counts one replay more,
 * so that letter may pass in turn, and the older ones of the record never again. What passes counts
 * the replay that it is.
 *
 * <table>
 * <caption>state</caption>
 * <tr><th>state</th><th>key</th><th>grows with</th><th>cleared when</th></tr>
 * <tr><td>replays: the greatest number that passed, 4 bytes</td><td>identity</td><td>replayed
 * records</td><td>{@link #REMEMBERED} after the replay, when the letter itself has long left its
 * topic</td></tr>
 * </table>
 *
 * <p>Counts, in the metric group {@code replay}: {@code replayed}, and {@code repeated} for those
 * that did not pass.
 */
public final class ReplayOnce extends KeyedProcessFunction<String, Replay, Replay> {

  /** Longer than dead letters stay on their topic (30 days), and so than they can be sent. */
  public static final Duration REMEMBERED = Duration.ofDays(45);

  private static final long serialVersionUID = 1L;

  private transient ValueState<Integer> passed;
  private transient Counter replayed;
  private transient Counter repeated;

  @Override
  public void open(OpenContext context) {
    ValueStateDescriptor<Integer> replays = new ValueStateDescriptor<>("replays", Types.INT);
    replays.enableTimeToLive(StateTtlConfig.newBuilder(REMEMBERED).build());
    passed = getRuntimeContext().getState(replays);
    MetricGroup metrics = getRuntimeContext().getMetricGroup().addGroup("replay");
    replayed = metrics.counter("replayed");
    repeated = metrics.counter("repeated");
  }

  @Override
  public void processElement(Replay replay, Context context, Collector<Replay> out)
      throws Exception {
    DeadLetter letter = replay.letter();
    int nth = letter.coordinates().replays() + 1;
    Integer last = passed.value();
    if (last != null && last >= nth) {
      repeated.inc();
      return;
    }
    passed.update(nth);
    replayed.inc();
    out.collect(
        new Replay(
            replay.letterId(), letter.withCoordinates(letter.coordinates().afterReplays(nth))));
  }
}
