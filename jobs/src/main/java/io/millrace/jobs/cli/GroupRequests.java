package io.millrace.jobs.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.ondemand.CompiledGroup;
import io.millrace.ondemand.RequestForm;
import io.millrace.online.FeatureReader;
import io.millrace.records.FeatureSchema;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.types.logical.RowType;

/** Requests of a group of on-demand features, as they stand on a command line and in files. */
final class GroupRequests {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

  private final CompiledGroup group;
  private final RequestForm form;
  private final Map<String, Object> ofAll = new LinkedHashMap<>();

  /**
   * @param fields values by field, which all requests have
   * @throws IllegalArgumentException if there is no such field, or it has no such value
   */
  GroupRequests(CompiledGroup group, Map<String, String> fields) {
    this.group = group;
    form = new RequestForm(group);
    fields.forEach((field, text) -> ofAll.put(field, form.parse(field, text)));
  }

  /**
   * A request for each key; one for a group without entities.
   *
   * @throws IllegalArgumentException if a key does not fit the entities, or something is missing
   */
  List<Map<String, Object>> ofKeys(List<String> keys) {
    List<RowType.RowField> entity = new ArrayList<>();
    group.entityFields().forEach((name, type) -> entity.add(new RowType.RowField(name, type)));
    List<String> names = List.copyOf(group.entityFields().keySet());
    if (entity.isEmpty() && !keys.isEmpty()) {
      throw new IllegalArgumentException(
          "group %s has no entities, but the keys %s were given; leave them out"
              .formatted(group.spec().name(), String.join(" ", keys)));
    }
    if (entity.isEmpty()) {
      return checked(List.of(new LinkedHashMap<>(ofAll)));
    }
    FeatureSchema schema =
        new FeatureSchema(group.spec().name(), new RowType(false, entity), group.values());
    List<Map<String, Object>> requests = new ArrayList<>();
    for (String key : keys) {
      List<Object> values = FeatureReader.entity(schema, key);
      Map<String, Object> request = new LinkedHashMap<>(ofAll);
      for (int i = 0; i < names.size(); i++) {
        request.put(names.get(i), values.get(i));
      }
      requests.add(request);
    }
    return checked(requests);
  }

  private List<Map<String, Object>> checked(List<Map<String, Object>> requests) {
    requests.forEach(form::row);
    return requests;
  }

  /**
   * A request for each line of a file of JSON objects; empty lines are passed over.
   *
   * @param file {@code -} for the standard input
   * @throws IllegalArgumentException naming the first line that is no request
   */
  List<Map<String, Object>> ofLines(String file) throws IOException {
    List<Map<String, Object>> requests = new ArrayList<>();
    int number = 0;
    for (String line : lines(file)) {
      number++;
      if (line.isBlank()) {
        continue;
      }
      try {
        Map<String, Object> request = new LinkedHashMap<>(ofAll);
        request.putAll(form.parse(JSON.readTree(line)));
        form.row(request);
        requests.add(request);
      } catch (JsonProcessingException malformed) {
        throw new IllegalArgumentException(
            "%s, line %d is not JSON: %s".formatted(file, number, malformed.getOriginalMessage()),
            malformed);
      } catch (IllegalArgumentException wrong) {
        throw new IllegalArgumentException(
            "%s, line %d: %s".formatted(file, number, wrong.getMessage()), wrong);
      }
    }
    return requests;
  }

  private static List<String> lines(String file) throws IOException {
    if (!file.equals("-")) {
      return Files.readAllLines(Path.of(file));
    }
    InputStream in = System.in;
    return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
  }
}
