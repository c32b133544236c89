package io.millrace.duplicates;

import io.millrace.duplicates.linkage.ComparedRecord;
import io.millrace.duplicates.linkage.MatchEstimator;
import io.millrace.duplicates.linkage.MatchModel;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.state.MapState;

/**
 * What agreements are worth to each tenant, estimated from that tenant's rows and pairs alone.
 *
 * <p>An estimate is a function of the rows and pairs in the state, whatever the order in which they
 * came: it is always made anew, of the {@value #MOST_ROWS} rows with the smallest ids, which are as
 * good as random, and of all pairs. The estimates of the {@value #MOST_TENANTS} tenants that were
 * looked at last are kept in memory.
 */
final class Weights {
  static final int MOST_ROWS = 20_000;
  private static final int MOST_TENANTS = 1_000;

  private final DuplicatesPlan plan;
  private final Map<String, MatchModel> models =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, MatchModel> eldest) {
          return size() > MOST_TENANTS;
        }
      };

  Weights(DuplicatesPlan plan) {
    this.plan = plan;
  }

  /** The last estimate; null when there is none in memory. */
  MatchModel known(String tenant) {
    return models.get(tenant);
  }

  /** Estimates anew: O(rows log rows + pairs). */
  MatchModel estimate(
      String tenant, MapState<String, JudgedRow> rows, MapState<String, PairState> pairs)
      throws Exception {
    MatchEstimator estimator = new MatchEstimator(plan.linkage());
    TreeMap<String, ComparedRecord> sample = new TreeMap<>();
    long there = 0;
    for (JudgedRow row : rows.values()) {
      if (row.isThere()) {
        there++;
        String id = row.row().id();
        sample.put(id, new ComparedRecord(id, row.row().values()));
        if (sample.size() > MOST_ROWS) {
          sample.pollLastEntry();
        }
      }
    }
    sample.values().forEach(estimator::observe);
    for (PairState pair : pairs.values()) {
      estimator.observe(Judge.comparison(pair));
    }
    MatchModel model = estimator.settle(there);
    models.put(tenant, model);
    return model;
  }
}
