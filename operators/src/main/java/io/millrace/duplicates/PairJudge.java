package io.millrace.duplicates;

import io.millrace.duplicates.linkage.MatchModel;
import io.millrace.records.ClusterMember;
import io.millrace.records.DuplicateJson;
import io.millrace.records.DuplicatePair;
import io.millrace.records.DuplicatePair.Decision;
import io.millrace.sketch.Hash64;
import io.millrace.vectors.DuplicateMark;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Judges pairs: one place for each tenant, where all of its pairs come together. Keyed by tenant.
 *
 * <p>Weights are estimated when there is a quarter more to learn from, and once nothing has changed
 * for {@code settle}, or the input has ended; then all pairs are judged anew. So what has been told
 * in the end depends on the rows and pairs as they are, not on the order in which they came.
 *
 * <pre>
 *   state   key     grows with                                     cleared when
 *   rows    tenant  rows that are there                            the row is gone
 *   pairs   tenant  pairs that met in a block or as neighbours:    the pair meets nowhere any
 *                   at most rows * (blocks of a row * largest_     more
 *                   block + neighbours); some 150 bytes each
 *   tally   tenant  -                                              -
 *   timers  tenant  two                                            they fire
 * </pre>
 *
 * and the states of {@link ClusterDesk}.
 */
final class PairJudge
    extends KeyedCoProcessFunction<String, RowChange, PairEvidence, DuplicatePair> {
  private static final long serialVersionUID = 1L;

  static final OutputTag<ClusterMember> MEMBERS =
      new OutputTag<>("members", TypeInformation.of(ClusterMember.class));
  static final OutputTag<DuplicateMark> MARKS =
      new OutputTag<>("marks", TypeInformation.of(DuplicateMark.class));

  private final DuplicatesPlan plan;

  private transient MapState<String, JudgedRow> rows;
  private transient MapState<String, PairState> pairs;
  private transient ValueState<JudgeTally> tally;
  private transient Judge judge;
  private transient Weights weights;
  private transient ClusterDesk clusters;
  private transient Context context;
  private transient Counter told;
  private transient Counter withdrawn;
  private transient Counter estimates;

  PairJudge(DuplicatesPlan plan) {
    this.plan = plan;
  }

  @Override
  public void open(OpenContext open) {
    rows =
        getRuntimeContext()
            .getMapState(
                new MapStateDescriptor<>(
                    "rows", Types.STRING, TypeInformation.of(JudgedRow.class)));
    pairs =
        getRuntimeContext()
            .getMapState(
                new MapStateDescriptor<>(
                    "pairs", Types.STRING, TypeInformation.of(PairState.class)));
    tally =
        getRuntimeContext()
            .getState(new ValueStateDescriptor<>("tally", TypeInformation.of(JudgeTally.class)));
    judge = new Judge(plan);
    weights = new Weights(plan);
    clusters =
        new ClusterDesk(
            plan,
            getRuntimeContext(),
            this::row,
            (member, mark) -> {
              context.output(MEMBERS, member);
              context.output(MARKS, mark);
            });
    told = getRuntimeContext().getMetricGroup().counter("pairsTold");
    withdrawn = getRuntimeContext().getMetricGroup().counter("pairsWithdrawn");
    estimates = getRuntimeContext().getMetricGroup().counter("estimates");
  }

  private CandidateRow row(String id) throws Exception {
    JudgedRow row = rows.get(id);
    return row == null ? null : row.row();
  }

  @Override
  public void processElement1(RowChange change, Context element, Collector<DuplicatePair> out)
      throws Exception {
    context = element;
    JudgedRow before = rows.get(change.id());
    boolean wasThere = before != null && before.isThere();
    if (change.isGone()) {
      if (wasThere) {
        keep(change.id(), before.there(false));
        changed(-1, 0, out);
      }
      return;
    }
    learn(change.row());
    rows.put(change.id(), rows.get(change.id()).there(true));
    changed(wasThere ? 0 : 1, 0, out);
  }

  @Override
  public void processElement2(PairEvidence evidence, Context element, Collector<DuplicatePair> out)
      throws Exception {
    context = element;
    String key = evidence.pair();
    PairState before = pairs.get(key);
    if (evidence.isWithdrawn()) {
      if (before == null) {
        return;
      }
    } else {
      learn(evidence.a());
      learn(evidence.b());
    }
    PairState pair = (before == null ? PairState.NEW : before).with(evidence);
    if (!pair.isSupported()) {
      drop(key, evidence.idA(), evidence.idB(), pair, out);
      return;
    }
    if (before == null) {
      count(evidence.idA(), 1);
      count(evidence.idB(), 1);
    }
    pairs.put(key, pair);
    if (!changed(0, before == null ? 1 : 0, out)) {
      judge(key, pair, out);
    }
  }

  /** Takes in what is newest of a row. */
  private void learn(CandidateRow row) throws Exception {
    JudgedRow before = rows.get(row.id());
    if (before == null) {
      rows.put(row.id(), new JudgedRow(row, false, 0));
    } else if (row.version() > before.row().version()) {
      rows.put(row.id(), before.with(row));
      clusters.changed(row);
    }
  }

  private void count(String id, int more) throws Exception {
    JudgedRow row = rows.get(id);
    keep(id, row.withPairs(row.pairs() + more));
  }

  private void keep(String id, JudgedRow row) throws Exception {
    if (row.isNeeded()) {
      rows.put(id, row);
    } else {
      rows.remove(id);
    }
  }

  private void drop(
      String key, String idA, String idB, PairState pair, Collector<DuplicatePair> out)
      throws Exception {
    if (!Double.isNaN(pair.linkedBits())) {
      clusters.unlink(context.getCurrentKey(), idA, idB);
    }
    if (pair.told() != 0) {
      withdraw(row(idA), row(idB), out);
    }
    pairs.remove(key);
    count(idA, -1);
    count(idB, -1);
    changed(0, -1, out);
  }

  /** Counts a change; returns whether all pairs were judged for it. */
  private boolean changed(int moreRows, int morePairs, Collector<DuplicatePair> out)
      throws Exception {
    JudgeTally before = tally.value();
    TimerService timers = context.timerService();
    long now = timers.currentProcessingTime();
    JudgeTally after = (before == null ? JudgeTally.NEW : before).changed(moreRows, morePairs, now);
    tally.update(after);
    if (!plan.isLearned()) {
      return false;
    }
    if (before == null) {
      timers.registerEventTimeTimer(Long.MAX_VALUE);
    }
    if (before == null || !before.unsettled()) {
      timers.registerProcessingTimeTimer(now + plan.spec().settle().toMillis());
    }
    if (after.isEstimateDue()) {
      tally.update(after.estimated());
      judgeAll(out);
      return true;
    }
    return false;
  }

  @Override
  public void onTimer(long time, OnTimerContext timer, Collector<DuplicatePair> out)
      throws Exception {
    context = timer;
    JudgeTally known = tally.value();
    if (known == null || !known.unsettled()) {
      return;
    }
    boolean ended = timer.timerService().currentWatermark() == Long.MAX_VALUE;
    long quietAt = known.changedAtMillis() + plan.spec().settle().toMillis();
    if (!ended && timer.timerService().currentProcessingTime() < quietAt) {
      timer.timerService().registerProcessingTimeTimer(quietAt);
      return;
    }
    tally.update(known.estimated().settled());
    judgeAll(out);
  }

  private void judgeAll(Collector<DuplicatePair> out) throws Exception {
    estimates.inc();
    MatchModel model = weights.estimate(context.getCurrentKey(), rows, pairs);
    List<String> changed = new ArrayList<>();
    for (Map.Entry<String, PairState> entry : pairs.entries()) {
      PairState pair = entry.getValue();
      boolean known = pair.told() != 0 || !Double.isNaN(pair.linkedBits());
      // Most pairs are no duplicates, and stay so.
      if (known || model.probabilityOf(Judge.comparison(pair)) >= plan.thresholds().review()) {
        changed.add(entry.getKey());
      }
    }
    changed.sort(null);
    for (String key : changed) {
      judge(key, pairs.get(key), model, out);
    }
  }

  private void judge(String key, PairState pair, Collector<DuplicatePair> out) throws Exception {
    MatchModel model = null;
    if (plan.linkage() != null) {
      model = weights.known(context.getCurrentKey());
      if (model == null) {
        // After a restart: the estimate of this moment, not that of before. Settling evens it out.
        model = weights.estimate(context.getCurrentKey(), rows, pairs);
      }
    }
    judge(key, pair, model, out);
  }

  private void judge(String key, PairState pair, MatchModel model, Collector<DuplicatePair> out)
      throws Exception {
    int slash = key.indexOf('/');
    CandidateRow a = row(key.substring(0, slash));
    CandidateRow b = row(key.substring(slash + 1));
    DuplicatePair judged = judge.judge(a, b, pair, model);
    boolean match = judged.decision() == Decision.MATCH;
    boolean linked = !Double.isNaN(pair.linkedBits());
    double bits = model == null ? judged.score() : judged.weight();
    if (match && (!linked || bits != pair.linkedBits())) {
      clusters.link(context.getCurrentKey(), a, b, bits);
    } else if (!match && linked) {
      clusters.unlink(context.getCurrentKey(), a.id(), b.id());
    }
    long hash = 0;
    if (judged.decision() != Decision.NON_MATCH) {
      hash = Hash64.of(DuplicateJson.encode(judged));
      if (hash != pair.told()) {
        told.inc();
        out.collect(judged);
      }
    } else if (pair.told() != 0) {
      withdraw(a, b, out);
    }
    double newBits = match ? bits : Double.NaN;
    if (hash != pair.told() || Double.compare(newBits, pair.linkedBits()) != 0) {
      pairs.put(key, pair.withOutcome(hash, newBits));
    }
  }

  private void withdraw(CandidateRow a, CandidateRow b, Collector<DuplicatePair> out) {
    withdrawn.inc();
    out.collect(
        new DuplicatePair(
            plan.schema().embedding(),
            plan.schema().source(),
            a.tenant(),
            a.id(),
            b.id(),
            a.key(),
            b.key(),
            Decision.NON_MATCH,
            0,
            Double.NaN,
            Double.NaN,
            "",
            List.of(),
            Math.max(a.eventTimeMillis(), b.eventTimeMillis()),
            true));
  }
}
