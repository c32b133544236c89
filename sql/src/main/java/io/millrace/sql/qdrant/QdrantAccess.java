package io.millrace.sql.qdrant;

import io.millrace.vectors.PointReader;
import io.millrace.vectors.PointReaderSettings;
import java.io.IOException;
import java.io.Serializable;
import org.apache.flink.runtime.execution.SuppressRestartsException;

/** What a TaskManager needs to read a collection. */
record QdrantAccess(PointReaderSettings settings) implements Serializable {

  /** Connects and looks at the collection; what is wrong with it is not mended by a restart. */
  PointReader open() throws IOException, InterruptedException {
    PointReader reader = settings.open();
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
