package io.millrace.pipeline;

import io.millrace.document.Problem;
import io.millrace.document.YamlValue;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Typed access to values whose shape the JSON Schema has checked already: what is missing or has
 * the wrong kind is passed over in silence here, so that every mistake is reported once. What the
 * schema cannot see, such as a number that came from the environment, is reported here.
 */
final class Reading {

  private final List<Problem> problems = new ArrayList<>();
  private final Set<String> reportedPaths;

  /**
   * @param shapeProblems what the schema found
   */
  Reading(List<Problem> shapeProblems) {
    reportedPaths = shapeProblems.stream().map(Problem::path).collect(Collectors.toSet());
  }

  List<Problem> problems() {
    return problems;
  }

  void report(Problem problem) {
    problems.add(problem);
  }

  Optional<String> text(YamlValue map, String key) {
    return scalar(map, key).map(YamlValue::text);
  }

  String text(YamlValue map, String key, String otherwise) {
    return text(map, key).filter(text -> !text.isEmpty()).orElse(otherwise);
  }

  /** The scalar under a key if all of its variables are set. */
  Optional<YamlValue> scalar(YamlValue map, String key) {
    return map.get(key).filter(it -> it.isScalar() && it.origin().isComplete());
  }

  Optional<Duration> duration(YamlValue map, String key) {
    return scalar(map, key)
        .flatMap(
            value -> reported(value, "a length of time such as 30s, 5m, 1h, 7d", Durations::parse));
  }

  int port(YamlValue map, String key, int otherwise) {
    return scalar(map, key)
        .flatMap(
            value ->
                reported(
                    value,
                    "a port from 1 to 65535",
                    text ->
                        text.matches("[0-9]{1,5}")
                                && Integer.parseInt(text) >= 1
                                && Integer.parseInt(text) <= 65535
                            ? Optional.of(Integer.parseInt(text))
                            : Optional.empty()))
        .orElse(otherwise);
  }

  boolean flag(YamlValue map, String key, boolean otherwise) {
    return scalar(map, key)
        .flatMap(
            value ->
                reported(
                    value,
                    "true or false",
                    text ->
                        switch (text.toLowerCase(Locale.ROOT)) {
                          case "true" -> Optional.of(true);
                          case "false" -> Optional.of(false);
                          default -> Optional.empty();
                        }))
        .orElse(otherwise);
  }

  /** A whole number whose range the schema has checked. */
  int number(YamlValue map, String key, int otherwise) {
    return text(map, key)
        .filter(it -> it.matches("[0-9]{1,9}"))
        .map(Integer::parseInt)
        .orElse(otherwise);
  }

  /** A number whose range the schema has checked. */
  double decimal(YamlValue map, String key, double otherwise) {
    return text(map, key)
        .map(
            text -> {
              try {
                return Double.valueOf(text);
              } catch (NumberFormatException reportedByTheSchema) {
                return otherwise;
              }
            })
        .orElse(otherwise);
  }

  /** A number within 0 and 1. */
  double share(YamlValue map, String key, double otherwise) {
    return scalar(map, key)
        .flatMap(
            value ->
                reported(
                    value,
                    "a number from 0 to 1",
                    text -> {
                      try {
                        double share = Double.parseDouble(text);
                        return share >= 0 && share <= 1 ? Optional.of(share) : Optional.empty();
                      } catch (NumberFormatException e) {
                        return Optional.empty();
                      }
                    }))
        .orElse(otherwise);
  }

  /** The parsed value, or a problem unless the schema has reported one at this place. */
  private <T> Optional<T> reported(
      YamlValue value, String expected, Function<String, Optional<T>> parse) {
    Optional<T> parsed = parse.apply(value.text());
    if (parsed.isEmpty() && !reportedPaths.contains(value.path())) {
      report(value.problem(value.describe(), expected, "correct it"));
    }
    return parsed;
  }

  <E extends Enum<E>> E choice(YamlValue map, String key, E otherwise) {
    return text(map, key)
        .flatMap(
            text -> {
              for (E constant : otherwise.getDeclaringClass().getEnumConstants()) {
                if (constant.name().toLowerCase(Locale.ROOT).equals(text)) {
                  return Optional.of(constant);
                }
              }
              return Optional.empty();
            })
        .orElse(otherwise);
  }

  /** The texts of a list; items of other kinds are passed over. */
  List<YamlValue> scalars(YamlValue map, String key) {
    return map.get(key).map(YamlValue::items).orElse(List.of()).stream()
        .filter(item -> item.isScalar() && item.origin().isComplete())
        .toList();
  }

  /**
   * The address of a Redis; one that cannot be read or holds a password written out is reported.
   */
  Optional<Secret> redis(YamlValue map, String key) {
    Optional<YamlValue> address = scalar(map, key);
    address.flatMap(Secrets::redis).ifPresent(this::report);
    address
        .filter(it -> !isRedisAddress(it.text()))
        .ifPresent(
            it ->
                report(
                    it.problem(
                        "an address that cannot be read (not shown)",
                        "redis[s]://[[user:]password@]host[:port][/db]",
                        "for example redis://localhost:6379; special characters in user and password"
                            + " percent-encoded")));
    return address.map(it -> new Secret(it.text()));
  }

  private static boolean isRedisAddress(String text) {
    try {
      URI address = new URI(text);
      return address.getHost() != null && List.of("redis", "rediss").contains(address.getScheme());
    } catch (URISyntaxException malformed) {
      return false;
    }
  }

  /** Client properties; secrets written out are reported. */
  Map<String, Secret> properties(YamlValue map, String key) {
    Map<String, Secret> properties = new LinkedHashMap<>();
    map.get(key)
        .ifPresent(
            found ->
                found
                    .entries()
                    .forEach(
                        entry -> {
                          YamlValue value = entry.getValue();
                          if (value.isScalar()) {
                            Secrets.property(entry.getKey(), value).ifPresent(this::report);
                            properties.put(entry.getKey(), new Secret(value.text()));
                          }
                        }));
    return properties;
  }
}
