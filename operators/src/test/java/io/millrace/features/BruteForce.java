package io.millrace.features;

import io.millrace.features.ViewFixture.Ride;
import io.millrace.pipeline.AggregateFunction;
import io.millrace.pipeline.AggregationSpec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * The definition of features, computed over all rides from the beginning each time: slow, and too
 * simple to be wrong in the same way as the engine.
 */
final class BruteForce {
  private final ViewFixture view;
  private final List<Ride> rides = new ArrayList<>();

  BruteForce(ViewFixture view) {
    this.view = view;
  }

  void ride(Ride ride) {
    rides.add(ride);
  }

  long newestEvent(String driver) {
    return of(driver).mapToLong(Ride::timeMillis).max().orElse(Long.MIN_VALUE);
  }

  private java.util.stream.Stream<Ride> of(String driver) {
    return rides.stream().filter(ride -> ride.driver().equals(driver));
  }

  /** Newest event, or newest time up to {@code t} at which a ride left a window. */
  long versionMillis(String driver, long t) {
    long hop = view.hopMillis();
    long version = newestEvent(driver);
    for (Ride ride : of(driver).toList()) {
      for (AggregationSpec aggregation : view.aggregations()) {
        for (AggregationSpec.Window window : aggregation.windows()) {
          long leaves = Math.floorDiv(ride.timeMillis(), hop) * hop + window.length().toMillis();
          if (leaves <= t) {
            version = Math.max(version, leaves);
          }
        }
      }
    }
    return version;
  }

  long revision(String driver, long t) {
    boolean lifetime = view.aggregations().stream().anyMatch(each -> each.windows().isEmpty());
    long widest =
        view.aggregations().stream()
            .flatMap(each -> each.windows().stream())
            .mapToLong(window -> window.length().toMillis())
            .max()
            .orElse(0);
    return of(driver).filter(ride -> lifetime || within(ride, t, widest)).count();
  }

  private boolean within(Ride ride, long t, long windowMillis) {
    long hop = view.hopMillis();
    long from = Math.floorDiv(t, hop) * hop - windowMillis + hop;
    return from <= ride.timeMillis() && ride.timeMillis() <= t;
  }

  /** The features by name at a time. */
  Map<String, Object> features(String driver, long t) {
    Map<String, Object> features = new LinkedHashMap<>();
    for (AggregationSpec aggregation : view.aggregations()) {
      if (aggregation.windows().isEmpty()) {
        features.put(aggregation.name(), value(aggregation, remaining(of(driver).toList())));
      }
      for (AggregationSpec.Window window : aggregation.windows()) {
        List<Ride> inside =
            of(driver).filter(ride -> within(ride, t, window.length().toMillis())).toList();
        features.put(
            aggregation.name() + "_" + window.label(), value(aggregation, remaining(inside)));
      }
    }
    return features;
  }

  /** What is left when every retraction has taken back a ride equal to it. */
  private static List<Ride> remaining(List<Ride> rides) {
    List<Ride> left = new ArrayList<>();
    for (Ride ride : rides) {
      if (ride.retracts()) {
        left.removeIf(
            new java.util.function.Predicate<>() {
              private boolean done;

              @Override
              public boolean test(Ride other) {
                if (!done && other.takenBack().equals(ride)) {
                  done = true;
                  return true;
                }
                return false;
              }
            });
      } else {
        left.add(ride);
      }
    }
    return left;
  }

  private static Object input(AggregationSpec aggregation, Ride ride) {
    return switch (aggregation.input()) {
      case "*" -> 1;
      case "minutes" -> ride.minutes();
      case "price" -> ride.price();
      case "zone" -> ride.zone();
      default -> throw new IllegalArgumentException(aggregation.input());
    };
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private Object value(AggregationSpec aggregation, List<Ride> rides) {
    if (aggregation.function() == AggregateFunction.RATIO) {
      return ratio(aggregation, rides);
    }
    List<Ride> given = rides.stream().filter(r -> input(aggregation, r) != null).toList();
    List<Object> inputs = given.stream().map(r -> input(aggregation, r)).toList();
    Comparator<Object> natural = (a, b) -> ((Comparable) a).compareTo(b);
    int k = aggregation.parameters().k();
    Comparator<Ride> byTime = Comparator.comparingLong(Ride::timeMillis);
    Comparator<Ride> byTimeAndValue = byTime.thenComparing(r -> input(aggregation, r), natural);
    return switch (aggregation.function()) {
      case COUNT -> (long) inputs.size();
      case SUM ->
          inputs.isEmpty()
              ? null
              : inputs.get(0) instanceof Double
                  ? (Object) doubles(inputs).sum()
                  : (Object) inputs.stream().mapToLong(x -> ((Number) x).longValue()).sum();
      case AVG -> inputs.isEmpty() ? null : doubles(inputs).average().getAsDouble();
      case MIN -> inputs.stream().min(natural).orElse(null);
      case MAX -> inputs.stream().max(natural).orElse(null);
      case VARIANCE -> variance(inputs);
      case STDDEV -> {
        Double variance = variance(inputs);
        yield variance == null ? null : Math.sqrt(variance);
      }
      case FIRST -> given.stream().min(byTimeAndValue).map(r -> input(aggregation, r)).orElse(null);
      case LAST -> given.stream().max(byTimeAndValue).map(r -> input(aggregation, r)).orElse(null);
      case LAST_K ->
          given.isEmpty()
              ? null
              : given.stream()
                  .sorted(byTimeAndValue.reversed())
                  .limit(k)
                  .map(r -> input(aggregation, r))
                  .toList();
      case TOP_K -> {
        Map<Object, Integer> counts = new TreeMap<>(natural);
        inputs.forEach(x -> counts.merge(x, 1, Integer::sum));
        yield counts.isEmpty()
            ? null
            : counts.entrySet().stream()
                .sorted(Map.Entry.<Object, Integer>comparingByValue().reversed())
                .limit(k)
                .map(Map.Entry::getKey)
                .toList();
      }
      case APPROX_DISTINCT -> inputs.stream().distinct().count();
      case QUANTILE -> {
        if (inputs.isEmpty()) {
          yield null;
        }
        List<Double> sorted = doubles(inputs).sorted().boxed().toList();
        int rank = (int) Math.ceil(aggregation.parameters().q() * sorted.size());
        yield sorted.get(Math.max(rank, 1) - 1);
      }
      case HISTOGRAM -> {
        List<Double> edges = aggregation.parameters().edges();
        Long[] counts = new Long[edges.size() + 1];
        java.util.Arrays.fill(counts, 0L);
        doubles(inputs)
            .forEach(x -> counts[(int) edges.stream().filter(edge -> edge <= x).count()]++);
        yield List.of(counts);
      }
      case RATIO -> throw new AssertionError("see ratio");
    };
  }

  private Double ratio(AggregationSpec aggregation, List<Ride> rides) {
    Map<String, AggregationSpec> siblings = new HashMap<>();
    view.aggregations().forEach(each -> siblings.put(each.name(), each));
    Number above = (Number) value(siblings.get(aggregation.parameters().numerator()), rides);
    Number below = (Number) value(siblings.get(aggregation.parameters().denominator()), rides);
    return above == null || below == null || Objects.equals(below.doubleValue(), 0.0)
        ? null
        : (Double) (above.doubleValue() / below.doubleValue());
  }

  private static java.util.stream.DoubleStream doubles(List<Object> inputs) {
    return inputs.stream().mapToDouble(x -> ((Number) x).doubleValue());
  }

  private static Double variance(List<Object> inputs) {
    if (inputs.size() < 2) {
      return null;
    }
    double mean = doubles(inputs).average().getAsDouble();
    return doubles(inputs).map(x -> (x - mean) * (x - mean)).sum() / (inputs.size() - 1);
  }
}
