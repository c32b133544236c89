package io.millrace.jobs.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.document.Json;
import io.millrace.pipeline.FeatureDefinition;
import io.millrace.pipeline.FeatureViewSpec;
import io.millrace.pipeline.OnDemandDefinition;
import io.millrace.pipeline.OnDemandSpec;
import io.millrace.pipeline.Pipeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the features of a pipeline mean to those who use them: written down once they are accepted,
 * beside the pipeline file and under version control with it.
 *
 * <pre>
 * {"format": 1,
 *  "views": {"carrier_delay": {"version": 1, "features": {"departures_1h": "fingerprint", ...}}}}
 * </pre>
 *
 * @param views by name, groups of on-demand features among them
 */
public record FeatureLock(Map<String, LockedView> views) {
  private static final int FORMAT = 1;
  private static final String SUFFIX = ".features.json";
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * A view as it was accepted.
   *
   * @param version the number that stood in the file
   * @param features fingerprints by feature, see {@link FeatureDefinition}
   */
  public record LockedView(int version, Map<String, String> features) {}

  /** Where the lock of a pipeline file is: {@code flights.features.json} beside flights.yaml. */
  public static Path beside(Path pipelineFile) {
    String name = pipelineFile.getFileName().toString().replaceFirst("\\.ya?ml$", "");
    return pipelineFile.resolveSibling(name + SUFFIX);
  }

  /** The features of a pipeline as they are now. */
  public static FeatureLock of(Pipeline pipeline) {
    Map<String, LockedView> views = new LinkedHashMap<>();
    for (FeatureViewSpec view : pipeline.featureViews()) {
      Map<String, String> features = new LinkedHashMap<>();
      FeatureDefinition.of(view, pipeline.source(view.source()).orElseThrow())
          .forEach(it -> features.put(it.name(), it.fingerprint()));
      views.put(view.name(), new LockedView(view.about().version(), features));
    }
    for (OnDemandSpec group : pipeline.onDemandGroups()) {
      Map<String, String> features = new LinkedHashMap<>();
      OnDemandDefinition.of(group, pipeline)
          .forEach(it -> features.put(it.name(), it.fingerprint()));
      views.put(group.name(), new LockedView(group.about().version(), features));
    }
    return new FeatureLock(views);
  }

  /**
   * What was accepted; empty when nothing was yet.
   *
   * @throws IOException if the file cannot be read; the message names it and what is wrong
   */
  public static Optional<FeatureLock> read(Path file) throws IOException {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      JsonNode json = Json.ofFormat(JSON.readTree(Files.readAllBytes(file)), FORMAT);
      Map<String, LockedView> views = new LinkedHashMap<>();
      Json.required(json, "views")
          .properties()
          .forEach(view -> views.put(view.getKey(), view(view.getValue())));
      return Optional.of(new FeatureLock(views));
    } catch (JsonProcessingException | IllegalArgumentException broken) {
      throw new IOException(
          "%s is not a lock of features (%s); restore it, or write it anew with: scripts/millrace registry accept"
              .formatted(file, broken.getMessage().lines().findFirst().orElse("")),
          broken);
    }
  }

  private static LockedView view(JsonNode json) {
    Map<String, String> features = new LinkedHashMap<>();
    Json.required(json, "features")
        .properties()
        .forEach(feature -> features.put(feature.getKey(), feature.getValue().asText()));
    return new LockedView((int) Json.number(json, "version"), features);
  }

  /** Writes it in the place of what is there. */
  public void write(Path file) throws IOException {
    ObjectNode json = JSON.createObjectNode().put("format", FORMAT);
    ObjectNode all = json.putObject("views");
    views.forEach(
        (name, view) -> {
          ObjectNode features =
              all.putObject(name).put("version", view.version).putObject("features");
          view.features.forEach(features::put);
        });
    Files.writeString(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n");
  }
}
