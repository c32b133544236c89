package io.millrace.pipeline;

import java.io.Serializable;
import java.time.Duration;
import java.util.Optional;

/**
 * Where vectors come from: a model in the TaskManagers, an endpoint, or both, of which one is the
 * other's stand-in. Both must be the same model.
 *
 * @param name known to Millrace, or from {@code models} of the pipeline file
 * @param local a model that runs in the TaskManagers
 * @param remote an endpoint
 * @param localFirst where there are both, which of them is asked first
 */
public record EmbeddingModelSpec(
    String name, Optional<Local> local, Optional<Remote> remote, boolean localFirst) {

  /**
   * A model that runs in the TaskManagers.
   *
   * @param known name of a model that Millrace knows; empty with a folder
   * @param folder with {@code model.onnx}, {@code tokenizer.json} and {@code model.yaml}, the same
   *     on every TaskManager; empty with a known model
   * @param precision of a known model; that of a folder's stands in {@code model.yaml}
   */
  public record Local(String known, String folder, ModelCard.Precision precision)
      implements Serializable {

    public static Local known(String name, ModelCard.Precision precision) {
      return new Local(name, "", precision);
    }

    public boolean isKnown() {
      return folder.isEmpty();
    }
  }

  /**
   * An endpoint that speaks as OpenAI's {@code /embeddings} does.
   *
   * @param url up to and without {@code /embeddings}, for example {@code https://api.openai.com/v1}
   * @param model as the endpoint calls it
   * @param apiKey sent as bearer token; an empty one is not sent
   * @param dimension length of its vectors
   * @param shortens whether the endpoint is asked for that dimension, as OpenAI's models allow
   * @param batch most texts of a request
   * @param timeout of a request
   * @param requestsPerMinute of one subtask; zero: as many as there are
   * @param attempts how often a request is sent before the endpoint counts as out of reach
   * @param pricePerMillionTokens what the metric of cost counts with
   * @param queryPrefix put before what is searched for
   * @param passagePrefix put before what is to be found
   */
  public record Remote(
      String url,
      String model,
      Secret apiKey,
      int dimension,
      boolean shortens,
      int batch,
      Duration timeout,
      int requestsPerMinute,
      int attempts,
      double pricePerMillionTokens,
      String queryPrefix,
      String passagePrefix)
      implements Serializable {}
}
