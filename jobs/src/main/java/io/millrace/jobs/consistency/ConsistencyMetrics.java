package io.millrace.jobs.consistency;

import io.millrace.records.ConsistencyRound;
import io.millrace.records.ConsistencyRound.Outcome;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.exporter.httpserver.HTTPServer;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * What rounds have found, for Prometheus, under {@code http://127.0.0.1:<port>/metrics}. All have
 * the labels {@code pipeline} and {@code view}.
 *
 * <pre>
 * millrace_consistency_entities                        that the store has
 * millrace_consistency_compared                        of the last round that did not fail, as are
 *   _equal, _different, _missing,                      the others of this list
 *   _not_yet_in_history, _changed_meanwhile
 * millrace_consistency_duration_seconds                of the last round
 * millrace_consistency_last_success_timestamp_seconds  when the last round began that did not fail
 * millrace_consistency_rounds_total                    by outcome: equal, skewed, failed
 * </pre>
 */
public final class ConsistencyMetrics implements AutoCloseable {
  private static final String PREFIX = "millrace_consistency_";
  private static final double MILLIS = 1e3;

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Map<Found, Gauge> found = new EnumMap<>(Found.class);
  private final Gauge duration;
  private final Gauge lastSuccess;
  private final Counter rounds;
  private final HTTPServer server;

  private enum Found {
    ENTITIES("Entities that the online store has", ConsistencyRound::entities),
    COMPARED("Entities that were compared with the history", ConsistencyRound::compared),
    EQUAL("Entities that are what the history says", ConsistencyRound::equal),
    DIFFERENT("Entities with features that the history does not say", ConsistencyRound::different),
    MISSING("Entities that the history knows nothing of", ConsistencyRound::missing),
    NOT_YET_IN_HISTORY(
        "Entities that are newer than the history", ConsistencyRound::notYetInHistory),
    CHANGED_MEANWHILE(
        "Entities that were written again while they were compared",
        ConsistencyRound::changedMeanwhile);

    private final String help;
    private final ToDoubleFunction<ConsistencyRound> value;

    Found(String help, ToDoubleFunction<ConsistencyRound> value) {
      this.help = help;
      this.value = value;
    }
  }

  /**
   * Begins to serve.
   *
   * @param port 0: any that is free
   * @throws IOException if the port is taken
   */
  public ConsistencyMetrics(int port) throws IOException {
    for (Found each : Found.values()) {
      found.put(each, gauge(each.name().toLowerCase(Locale.ROOT), each.help));
    }
    duration = gauge("duration_seconds", "How long the last round took");
    lastSuccess =
        gauge("last_success_timestamp_seconds", "When the last round began that did not fail");
    rounds =
        Counter.builder()
            .name(PREFIX + "rounds_total")
            .help("Rounds by how they ended")
            .labelNames("pipeline", "view", "outcome")
            .register(registry);
    try {
      server =
          HTTPServer.builder().hostname("127.0.0.1").port(port).registry(registry).buildAndStart();
    } catch (IOException taken) {
      throw new IOException(
          "metrics cannot be served at 127.0.0.1:%d: %s; name another --metrics-port"
              .formatted(port, taken.getMessage()),
          taken);
    }
  }

  private Gauge gauge(String name, String help) {
    return Gauge.builder()
        .name(PREFIX + name)
        .help(help)
        .labelNames("pipeline", "view")
        .register(registry);
  }

  /** Where they are served. */
  public int port() {
    return server.getPort();
  }

  /** Takes a round in. */
  public void heard(ConsistencyRound round) {
    for (Outcome outcome : Outcome.values()) {
      // All three are there from the first round on, so that their rates are.
      rounds
          .labelValues(round.pipeline(), round.view(), outcome.name().toLowerCase(Locale.ROOT))
          .inc(outcome == round.outcome() ? 1 : 0);
    }
    duration.labelValues(round.pipeline(), round.view()).set(round.durationMillis() / MILLIS);
    if (round.outcome() == Outcome.FAILED) {
      return;
    }
    lastSuccess.labelValues(round.pipeline(), round.view()).set(round.atMillis() / MILLIS);
    found.forEach(
        (each, gauge) ->
            gauge.labelValues(round.pipeline(), round.view()).set(each.value.applyAsDouble(round)));
  }

  @Override
  public void close() {
    server.close();
  }
}
