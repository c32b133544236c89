package io.millrace.jobs.batch;

import java.io.IOException;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** A Flink job over data that ends. */
public interface BatchJob {
  /** The name under which Flink lists it. */
  String name();

  /**
   * How many times, at most, rows change their task: the network buffers of a Flink inside this
   * process are counted by it.
   */
  int exchanges();

  /**
   * Puts the job into an environment that executes in batch mode, reuses objects, and refuses
   * operators without a uid and types that need Kryo.
   *
   * @throws IOException if what the job reads cannot be read
   */
  void build(StreamExecutionEnvironment env) throws IOException;
}
