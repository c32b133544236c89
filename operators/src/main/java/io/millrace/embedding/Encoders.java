package io.millrace.embedding;

import io.millrace.embedding.cache.CachingEncoder;
import io.millrace.embedding.cache.MemoryCache;
import io.millrace.embedding.cache.RedisCache;
import io.millrace.embedding.onnx.KnownModel;
import io.millrace.embedding.onnx.OnnxEncoder;
import io.millrace.embedding.onnx.OnnxModel;
import io.millrace.embedding.remote.RemoteEncoder;
import io.millrace.embedding.remote.StandInEncoder;
import io.millrace.pipeline.EmbeddingModelSpec;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** Opens encoders as a pipeline file describes them. */
public final class Encoders {
  private Encoders() {}

  /**
   * Opens an encoder with its caches.
   *
   * @throws IllegalArgumentException when the model is not there, or not one that can be used, or
   *     when an endpoint is not the same model as the one that stands in for it
   * @throws EncoderUnavailableException when an endpoint that has a stand-in does not answer, so
   *     that it cannot be compared
   */
  public static CachingEncoder open(EncoderSettings settings) {
    TextEncoder encoder = model(settings);
    boolean opened = false;
    try {
      MemoryCache memory =
          settings.cacheEntries() == 0
              ? null
              : MemoryCache.acquire(encoder.model().id(), settings.cacheEntries());
      Optional<RedisCache> redis =
          settings.redis().value().isEmpty()
              ? Optional.empty()
              : Optional.of(new RedisCache(settings.redis().value(), settings.redisTtl()));
      opened = true;
      return new CachingEncoder(encoder, memory, redis);
    } finally {
      if (!opened) {
        encoder.close();
      }
    }
  }

  private static TextEncoder model(EncoderSettings settings) {
    if (settings.remote() == null) {
      return local(settings.local());
    }
    if (settings.local() == null) {
      return new RemoteEncoder(settings.remote(), RemoteEncoder.idOf(settings.remote()));
    }
    OnnxEncoder local = local(settings.local());
    try {
      RemoteEncoder remote = new RemoteEncoder(settings.remote(), local.model().id());
      StandInEncoder both =
          settings.localFirst()
              ? new StandInEncoder(local, remote)
              : new StandInEncoder(remote, local);
      both.requireSame();
      return both;
    } catch (RuntimeException unfit) {
      local.close();
      throw unfit;
    } catch (InterruptedException e) {
      local.close();
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while comparing an endpoint with a model", e);
    }
  }

  /** A model that runs in this process. */
  public static OnnxEncoder local(EmbeddingModelSpec.Local local) {
    if (!local.isKnown()) {
      return OnnxEncoder.open(OnnxModel.fromFolder(Path.of(local.folder())));
    }
    KnownModel model =
        KnownModel.of(local.known(), local.precision())
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "unknown model %s in %s; known are %s"
                            .formatted(
                                local.known(),
                                local.precision().keyword(),
                                Arrays.stream(KnownModel.values()).map(KnownModel::id).toList())));
    return OnnxEncoder.open(model.files());
  }
}
