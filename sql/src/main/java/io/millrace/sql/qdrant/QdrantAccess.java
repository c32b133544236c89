package io.millrace.sql.qdrant;

import io.millrace.pipeline.QdrantSpec;
import io.millrace.pipeline.Secret;
import io.millrace.vectors.PointCondition;
import io.millrace.vectors.PointReader;
import io.millrace.vectors.PointRows;
import java.io.IOException;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.flink.runtime.execution.SuppressRestartsException;

/** What a TaskManager needs to read a collection. */
final class QdrantAccess implements Serializable {
  private static final long serialVersionUID = 1L;

  private final String url;
  private final String collection;
  private final Secret apiKey;
  private final Duration patience;
  private final PointRows rows;
  private final List<PointCondition> conditions;

  QdrantAccess(QdrantSpec spec, PointRows rows, List<PointCondition> conditions) {
    url = spec.url();
    collection = spec.collection();
    apiKey = spec.apiKey().orElse(new Secret(""));
    patience = spec.patience();
    this.rows = rows;
    this.conditions = List.copyOf(conditions);
  }

  PointReader connect() {
    QdrantSpec spec =
        new QdrantSpec(
            url,
            apiKey.value().isEmpty() ? Optional.empty() : Optional.of(apiKey),
            collection,
            Optional.empty(),
            List.of(),
            List.of(),
            false,
            1,
            1,
            patience);
    return new PointReader(spec, rows, conditions);
  }

  /** Connects and looks at the collection; what is wrong with it is not mended by a restart. */
  PointReader open() throws IOException, InterruptedException {
    PointReader reader = connect();
    boolean usable = false;
    try {
      reader.check();
      usable = true;
      return reader;
    } catch (IllegalArgumentException wrong) {
      throw new SuppressRestartsException(wrong);
    } finally {
      if (!usable) {
        reader.close();
      }
    }
  }
}
