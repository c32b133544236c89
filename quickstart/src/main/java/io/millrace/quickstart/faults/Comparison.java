package io.millrace.quickstart.faults;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.pipeline.FeatureViewSpec;
import io.millrace.pipeline.Pipeline;
import io.millrace.quickstart.PointContent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Two runs' results, key by key.
 *
 * <p>Rows of a database have no event time of their own: theirs is the moment of their commit,
 * which is another one in every run. Of views over such sources the event time is therefore left
 * out of the comparison; values and revisions are not. Everything else is compared byte by byte.
 *
 * @param keysCompared keys that at least one run has
 * @param differingKeys keys that only one run has, or with another content
 * @param differences in words, one per differing field
 */
record Comparison(int keysCompared, int differingKeys, List<String> differences) {

  private static final ObjectMapper JSON = new ObjectMapper();

  static Comparison ofRedis(Pipeline pipeline, RedisContent one, RedisContent other) {
    List<String> prefixes =
        pipeline.featureViews().stream()
            .filter(view -> commitTimes(pipeline, view))
            .map(view -> "millrace:" + pipeline.name() + ":" + view.name() + ":")
            .toList();
    return compare(timeless(one.hashes(), prefixes), timeless(other.hashes(), prefixes));
  }

  static Comparison ofTopic(
      Pipeline pipeline, FeatureViewSpec view, FeatureTopicContent one, FeatureTopicContent other) {
    boolean commitTimes = commitTimes(pipeline, view);
    return compare(records(one, commitTimes), records(other, commitTimes));
  }

  /** The last values of a topic whose records say nothing about the moment they were made. */
  static Comparison ofValues(Map<String, String> one, Map<String, String> other) {
    return compare(asRecords(one), asRecords(other));
  }

  /** Points of a collection: payload and vector, to the last digit. */
  static Comparison ofPoints(PointContent one, PointContent other) {
    return compare(one.points(), other.points());
  }

  private static Map<String, Map<String, String>> asRecords(Map<String, String> values) {
    Map<String, Map<String, String>> result = new TreeMap<>();
    values.forEach((key, value) -> result.put(key, Map.of("value", value)));
    return result;
  }

  private static boolean commitTimes(Pipeline pipeline, FeatureViewSpec view) {
    return pipeline
        .source(view.source())
        .filter(source -> source.isChangelog() && source.eventTime().field().isEmpty())
        .isPresent();
  }

  private static Map<String, Map<String, String>> timeless(
      Map<String, Map<String, String>> hashes, List<String> prefixes) {
    Map<String, Map<String, String>> result = new TreeMap<>();
    hashes.forEach(
        (key, fields) -> {
          if (prefixes.stream().noneMatch(key::startsWith)) {
            result.put(key, fields);
            return;
          }
          Map<String, String> kept = new TreeMap<>(fields);
          kept.remove("_event_time");
          kept.computeIfPresent(
              "_version", (name, version) -> version.substring(version.indexOf(':') + 1));
          result.put(key, kept);
        });
    return result;
  }

  private static Map<String, Map<String, String>> records(
      FeatureTopicContent content, boolean commitTimes) {
    Map<String, Map<String, String>> result = new TreeMap<>();
    content
        .last()
        .forEach(
            (key, value) ->
                result.put(key, Map.of("value", commitTimes ? timeless(value) : value)));
    return result;
  }

  private static String timeless(String value) {
    try {
      JsonNode record = JSON.readTree(value);
      if (record instanceof ObjectNode object) {
        object.remove("event_time");
      }
      return record.toString();
    } catch (JsonProcessingException notJson) {
      return value;
    }
  }

  private static Comparison compare(
      Map<String, Map<String, String>> one, Map<String, Map<String, String>> other) {
    Set<String> keys = new TreeSet<>(one.keySet());
    keys.addAll(other.keySet());
    List<String> differences = new ArrayList<>();
    int differing = 0;
    for (String key : keys) {
      int before = differences.size();
      Map<String, String> left = one.get(key);
      Map<String, String> right = other.get(key);
      if (left == null || right == null) {
        differences.add(
            key + " is there only in the " + (left == null ? "disturbed" : "undisturbed") + " run");
      } else {
        Set<String> fields = new TreeSet<>(left.keySet());
        fields.addAll(right.keySet());
        for (String field : fields) {
          String expected = left.getOrDefault(field, "nothing");
          String found = right.getOrDefault(field, "nothing");
          if (!expected.equals(found)) {
            differences.add(key + " " + field + ": " + found + ", undisturbed " + expected);
          }
        }
      }
      differing += differences.size() > before ? 1 : 0;
    }
    return new Comparison(keys.size(), differing, differences);
  }
}
