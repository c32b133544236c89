package io.millrace.vectors;

import com.google.common.util.concurrent.ListenableFuture;
import io.qdrant.client.QdrantClient;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;

/** Requests of one Qdrant, whose failures are sorted by what they mean. Thread safe. */
final class QdrantLink implements AutoCloseable {

  private final QdrantAddress address;
  private final QdrantClient client;

  QdrantLink(QdrantAddress address) {
    this.address = address;
    this.client = address.connect();
  }

  QdrantAddress address() {
    return address;
  }

  /** Sends a request and waits for its answer. */
  <T> T call(Function<QdrantClient, ListenableFuture<T>> request)
      throws QdrantFailure, InterruptedException {
    try {
      return request.apply(client).get();
    } catch (ExecutionException e) {
      throw QdrantFailure.of(e.getCause());
    } catch (RuntimeException e) {
      throw QdrantFailure.of(e);
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
