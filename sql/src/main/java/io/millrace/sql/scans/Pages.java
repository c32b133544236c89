package io.millrace.sql.scans;

import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import org.apache.flink.table.data.RowData;

/** A store's rows in an order of their own, in pages. Used by one thread. */
public interface Pages extends AutoCloseable {

  /**
   * @param positions of the rows; reading can continue after each
   * @param last whether there is none after it
   */
  record Page(List<String> positions, List<RowData> rows, boolean last) {}

  /** How a TaskManager comes by pages. */
  interface Opener extends Serializable {
    Pages open() throws IOException, InterruptedException;
  }

  /**
   * @param position of the last row that was read; empty at the beginning
   */
  Page after(String position) throws IOException, InterruptedException;

  @Override
  void close();
}
