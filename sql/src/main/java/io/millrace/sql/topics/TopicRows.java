package io.millrace.sql.topics;

import java.io.Serializable;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.data.RowData;
import org.apache.flink.util.Collector;

/**
 * Makes rows of the bytes of a topic's records: of their values, or of their keys. What is no such
 * record yields no row and never fails a query. NOT thread safe; each task opens its own copy.
 */
public interface TopicRows extends Serializable {

  /** Called once in the task, before the first record. */
  default void open() {}

  /**
   * @param bytes a record's key or value; null when it has none
   * @param out takes each row before the next record is read
   */
  void read(byte[] bytes, Collector<RowData> out);

  /** Which kinds of rows there are. */
  default ChangelogMode changes() {
    return ChangelogMode.insertOnly();
  }
}
