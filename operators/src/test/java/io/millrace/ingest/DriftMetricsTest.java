package io.millrace.ingest;

import static io.millrace.ingest.GuardFixture.optional;
import static io.millrace.ingest.GuardFixture.required;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.pipeline.SchemaDrift.Kind;
import io.millrace.pipeline.SchemaDrift.Policy;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.SimpleCounter;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.VarCharType;
import org.junit.jupiter.api.Test;

class DriftMetricsTest {

  private final Map<String, Counter> counters = new TreeMap<>();
  private final DriftMetrics metrics = new DriftMetrics(new Group(""));
  private final GuardFixture flights =
      GuardFixture.of(
              required("id", new VarCharType(VarCharType.MAX_LENGTH)),
              optional("delay", new IntType()))
          .with("delay", Kind.TYPE_CHANGE, Policy.DISCARD_VALUE)
          .with("secret", Kind.NEW_FIELD, Policy.DISCARD_ROW);

  @Test
  void shouldPutEveryRecordIntoOnePlace() {
    count("{\"id\":\"a\"}");
    count("{\"id\":\"a\",\"gate\":1}");
    count("{\"id\":\"a\",\"gate\":2}");
    count("{\"id\":\"a\",\"delay\":\"x\"}");
    count("{\"id\":\"a\",\"secret\":1}");
    count("{\"delay\":1}");
    count("no JSON: no drift either");

    assertThat(counts())
        .containsExactlyInAnyOrderEntriesOf(
            Map.ofEntries(
                Map.entry("accepted", 1L),
                Map.entry("adapted", 2L),
                Map.entry("discardedValues", 1L),
                Map.entry("discardedRows", 1L),
                Map.entry("quarantined", 1L),
                Map.entry("drift.NEW_FIELD.deviations", 3L),
                Map.entry("drift.NEW_FIELD.field.gate.deviations", 2L),
                Map.entry("drift.NEW_FIELD.field.secret.deviations", 1L),
                Map.entry("drift.TYPE_CHANGE.deviations", 1L),
                Map.entry("drift.TYPE_CHANGE.field.delay.deviations", 1L),
                Map.entry("drift.MISSING_FIELD.deviations", 1L),
                Map.entry("drift.MISSING_FIELD.field.id.deviations", 1L)));
  }

  @Test
  void shouldTellOnlySoManyFieldsApart() {
    for (int i = 0; i < 1_000; i++) {
      count("{\"id\":\"a\",\"f" + i + "\":1}");
    }

    assertThat(counts())
        .containsEntry("drift.NEW_FIELD.field.f199.deviations", 1L)
        .containsEntry("drift.NEW_FIELD.field._others.deviations", 800L)
        .hasSizeLessThan(DriftMetrics.MAX_FIELDS + 10);
  }

  private void count(String json) {
    metrics.count(flights.settle(json));
  }

  private Map<String, Long> counts() {
    Map<String, Long> counts = new TreeMap<>();
    counters.forEach((name, counter) -> counts.put(name, counter.getCount()));
    return counts;
  }

  private final class Group extends UnregisteredMetricsGroup {
    private final String prefix;

    Group(String prefix) {
      this.prefix = prefix;
    }

    @Override
    public Counter counter(String name) {
      return counters.computeIfAbsent(prefix + name, it -> new SimpleCounter());
    }

    @Override
    public MetricGroup addGroup(String name) {
      return new Group(prefix + name + ".");
    }

    @Override
    public MetricGroup addGroup(String key, String value) {
      return addGroup(key).addGroup(value);
    }
  }
}
