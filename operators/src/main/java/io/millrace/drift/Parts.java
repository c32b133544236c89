package io.millrace.drift;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Where a column's state is kept between checkpoints: named parts, each a few bytes to some KB. */
interface Parts {

  /** Bytes of one part. */
  interface Writer {
    void write(DataOutputView out) throws IOException;
  }

  void put(String name, Writer part) throws Exception;

  void remove(String name) throws Exception;

  /** Reads every part that was put and not removed. */
  void forEach(Reader reader) throws Exception;

  /** Takes in one part. */
  interface Reader {
    void read(String name, DataInputView in) throws IOException;
  }
}
