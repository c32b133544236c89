package io.millrace.sql.qdrant;

import org.apache.flink.table.connector.source.search.AsyncVectorSearchFunctionProvider;
import org.apache.flink.table.connector.source.search.VectorSearchFunctionProvider;
import org.apache.flink.table.functions.AsyncVectorSearchFunction;
import org.apache.flink.table.functions.VectorSearchFunction;

/** VECTOR_SEARCH in both of its modes. */
record QdrantSearchProvider(PointBatches.Settings settings, boolean inDouble)
    implements VectorSearchFunctionProvider, AsyncVectorSearchFunctionProvider {

  @Override
  public VectorSearchFunction createVectorSearchFunction() {
    return new QdrantSearchFunction(settings.access(), inDouble);
  }

  @Override
  public AsyncVectorSearchFunction createAsyncVectorSearchFunction() {
    return new QdrantAsyncSearchFunction(settings, inDouble);
  }
}
