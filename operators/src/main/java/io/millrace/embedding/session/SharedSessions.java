package io.millrace.embedding.session;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Sessions of ONNX Runtime, one per model file and process. A session holds the model's weights
 * (some 90 MB for all-MiniLM-L6-v2) and may be run by many threads at once; each run computes on
 * the thread that calls it, so throughput grows with callers up to the number of cores.
 *
 * <p>A session is closed when the last lease on it is; runs in progress are waited for first,
 * because closing under a run crashes the process. Thread-safe.
 *
 * <p>The two fusions of layer normalisation that ONNX Runtime does by default are switched off: for
 * these models the fused kernel is the slower one (12% in fp32, 28% in int8).
 */
public final class SharedSessions {
  /** Misspelled settings are ignored in silence; a test looks at the optimised graph. */
  static final String SWITCHED_OFF_SETTING = "optimization.disable_specified_optimizers";

  static final String SWITCHED_OFF = "LayerNormFusionL1;LayerNormFusionL2";

  private static final Map<String, Shared> OPEN = new HashMap<>();

  private SharedSessions() {}

  /**
   * A lease on the session of a model file, which is loaded when nobody has it open.
   *
   * @throws OrtException when the file is no model that ONNX Runtime can run
   */
  public static Lease acquire(Path model) throws OrtException, IOException {
    Path file = model.toRealPath();
    String key = file + " " + Files.size(file) + " " + Files.getLastModifiedTime(file);
    synchronized (OPEN) {
      Shared shared = OPEN.get(key);
      if (shared == null) {
        shared = new Shared(key, open(file));
        OPEN.put(key, shared);
      }
      shared.leases++;
      return new Lease(shared);
    }
  }

  /** How many sessions are open in this process. */
  public static int openSessions() {
    synchronized (OPEN) {
      return OPEN.size();
    }
  }

  /** Environment of all sessions and tensors. */
  public static OrtEnvironment environment() {
    return OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "millrace");
  }

  private static OrtSession open(Path file) throws OrtException {
    try (OrtSession.SessionOptions options = options()) {
      return environment().createSession(file.toString(), options);
    }
  }

  static OrtSession.SessionOptions options() throws OrtException {
    OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    options.setIntraOpNumThreads(1);
    options.setInterOpNumThreads(1);
    options.setExecutionMode(OrtSession.SessionOptions.ExecutionMode.SEQUENTIAL);
    options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
    options.addConfigEntry(SWITCHED_OFF_SETTING, SWITCHED_OFF);
    return options;
  }

  private static final class Shared {
    private final String key;
    private final OrtSession session;

    /** Runs hold it for reading, closing for writing. */
    private final ReadWriteLock use = new ReentrantReadWriteLock();

    private int leases;
    private boolean closed;

    Shared(String key, OrtSession session) {
      this.key = key;
      this.session = session;
    }

    void release() throws OrtException {
      synchronized (OPEN) {
        if (--leases > 0) {
          return;
        }
        OPEN.remove(key);
      }
      use.writeLock().lock();
      try {
        closed = true;
        session.close();
      } finally {
        use.writeLock().unlock();
      }
    }
  }

  /** What is done with the results of a run while they exist. */
  @FunctionalInterface
  public interface Results<T> {
    T read(OrtSession.Result result) throws OrtException;
  }

  /** A share in a session. Thread-safe. */
  public static final class Lease implements AutoCloseable {
    private final Shared shared;
    private boolean released;

    private Lease(Shared shared) {
      this.shared = shared;
    }

    /** Inputs and outputs of the model. */
    public OrtSession session() {
      return shared.session;
    }

    /**
     * Runs the model on this thread.
     *
     * @throws IllegalStateException when the lease was given back
     */
    public <T> T run(Map<String, OnnxTensor> inputs, Results<T> results) throws OrtException {
      shared.use.readLock().lock();
      try {
        if (shared.closed) {
          throw new IllegalStateException("the session of " + shared.key + " is closed");
        }
        try (OrtSession.Result result = shared.session.run(inputs)) {
          return results.read(result);
        }
      } finally {
        shared.use.readLock().unlock();
      }
    }

    /** Gives the share back; the session closes with the last one. */
    @Override
    public void close() throws OrtException {
      synchronized (this) {
        if (released) {
          return;
        }
        released = true;
      }
      shared.release();
    }
  }
}
