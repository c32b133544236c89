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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
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

  /** Room for a command line of a million characters; only what is touched takes memory. */
  private static final long START_STACK_BYTES = 1L << 30;

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
    return Environment.ONLY_ONE;
  }

  /** Made when it is first needed: that loads native code. */
  private static final class Environment {
    private static final OrtEnvironment ONLY_ONE = start();
  }

  /**
   * Starts ONNX Runtime on a thread of its own. Version 1.29 looks at the command line of its
   * process when it starts, by a recursion that takes some 300 bytes of stack for every character.
   * A Java thread's usual megabyte is enough for about 3,000 characters, which the class path of a
   * Flink process exceeds; beyond, the process dies without a word.
   */
  private static OrtEnvironment start() {
    FutureTask<OrtEnvironment> start =
        new FutureTask<>(
            () ->
                OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "millrace"));
    new Thread(null, start, "start of ONNX Runtime", START_STACK_BYTES).start();
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return start.get();
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          throw new IllegalStateException(
              "ONNX Runtime cannot be started: " + e.getCause(), e.getCause());
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static OrtSession open(Path file) throws OrtException {
    OrtEnvironment environment = environment();
    try (OrtSession.SessionOptions options = options()) {
      return environment.createSession(file.toString(), options);
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

    void release() {
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
      } catch (OrtException e) {
        throw new IllegalStateException("a session of ONNX Runtime cannot be closed", e);
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
    public void close() {
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
