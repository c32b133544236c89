package io.millrace.sql.qdrant;

import java.time.Duration;
import org.apache.flink.table.connector.source.search.AsyncVectorSearchFunctionProvider;
import org.apache.flink.table.connector.source.search.VectorSearchFunctionProvider;
import org.apache.flink.table.functions.AsyncVectorSearchFunction;
import org.apache.flink.table.functions.VectorSearchFunction;

/** VECTOR_SEARCH in both of its modes. */
record QdrantSearchProvider(
    QdrantAccess access, boolean inDouble, int batch, int inFlight, Duration linger)
    implements VectorSearchFunctionProvider, AsyncVectorSearchFunctionProvider {

  @Override
  public VectorSearchFunction createVectorSearchFunction() {
    return new QdrantSearchFunction(access, inDouble);
  }

  @Override
  public AsyncVectorSearchFunction createAsyncVectorSearchFunction() {
    return new QdrantAsyncSearchFunction(access, inDouble, batch, inFlight, linger);
  }
}
