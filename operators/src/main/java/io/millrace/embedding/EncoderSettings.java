package io.millrace.embedding;

import io.millrace.pipeline.EmbeddingModelSpec;
import io.millrace.pipeline.EmbeddingSpec;
import io.millrace.pipeline.Secret;
import java.io.Serializable;
import java.time.Duration;

/**
 * What a TaskManager needs to open an encoder.
 *
 * @param local null: none
 * @param remote null: none
 * @param localFirst where there are both, which of them is asked first
 * @param cacheEntries vectors kept in memory; zero: none
 * @param redis address of a Redis that caches vectors; an empty one: none
 */
public record EncoderSettings(
    EmbeddingModelSpec.Local local,
    EmbeddingModelSpec.Remote remote,
    boolean localFirst,
    int cacheEntries,
    Secret redis,
    Duration redisTtl)
    implements Serializable {

  public EncoderSettings {
    if (local == null && remote == null) {
      throw new IllegalArgumentException("neither a model nor an endpoint");
    }
  }

  public static EncoderSettings of(EmbeddingSpec spec) {
    return new EncoderSettings(
        spec.model().local().orElse(null),
        spec.model().remote().orElse(null),
        spec.model().localFirst(),
        spec.cache().entries(),
        spec.cache().redis().orElse(new Secret("")),
        spec.cache().ttl());
  }

  /** A model without any cache: for single queries. */
  public static EncoderSettings uncached(EmbeddingModelSpec model) {
    return new EncoderSettings(
        model.local().orElse(null),
        model.remote().orElse(null),
        model.localFirst(),
        0,
        new Secret(""),
        Duration.ofDays(1));
  }
}
