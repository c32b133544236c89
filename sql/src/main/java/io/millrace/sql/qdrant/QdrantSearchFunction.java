package io.millrace.sql.qdrant;

import io.millrace.vectors.PointReader;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.functions.FunctionContext;
import org.apache.flink.table.functions.VectorSearchFunction;

/** Searches one vector at a time. */
public final class QdrantSearchFunction extends VectorSearchFunction {
  private static final long serialVersionUID = 1L;

  private final QdrantAccess access;
  private final boolean inDouble;
  private transient PointReader reader;
  private transient Counter unsearchable;

  QdrantSearchFunction(QdrantAccess access, boolean inDouble) {
    this.access = access;
    this.inDouble = inDouble;
  }

  @Override
  public void open(FunctionContext context) throws Exception {
    unsearchable = context.getMetricGroup().counter(SearchedVectors.UNSEARCHABLE);
    reader = access.open();
  }

  @Override
  public Collection<RowData> vectorSearch(int most, RowData query) throws IOException {
    float[] vector = SearchedVectors.of(query, inDouble);
    if (vector == null) {
      unsearchable.inc();
      return List.of();
    }
    try {
      return reader.search(List.of(vector), most).get(0);
    } catch (IllegalArgumentException wrong) {
      throw new SuppressRestartsException(wrong);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while Qdrant was asked", e);
    }
  }

  @Override
  public void close() {
    if (reader != null) {
      reader.close();
    }
  }
}
