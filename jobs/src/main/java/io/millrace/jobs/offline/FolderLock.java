package io.millrace.jobs.offline;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.hadoop.fs.Path;
import org.apache.iceberg.LockManager;

/**
 * Lets one process at a time make the next version of a table in a folder of this machine.
 *
 * <p>Iceberg looks whether the next version is there and then renames a file into its place; on a
 * local file system that replaces a version which another process made in between, and with it the
 * rows of that version. A lock on the file {@code .lock} beside the versions closes the gap. The
 * operating system gives it back when a process ends, however it ends.
 */
public final class FolderLock implements LockManager {
  private static final String FILE = ".lock";
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration PAUSE = Duration.ofMillis(2);

  /**
   * One turn a folder: threads of this process wait here, not at the file. When a process closes a
   * file, the operating system takes back all of its locks on it, also those that another thread
   * has got through another channel.
   */
  private static final Map<java.nio.file.Path, Semaphore> TURNS = new ConcurrentHashMap<>();

  private final Map<String, Held> held = new ConcurrentHashMap<>();

  private record Held(String owner, FileChannel channel, FileLock lock, Semaphore turn) {

    void release() throws IOException {
      try (channel) {
        lock.release();
      } finally {
        turn.release();
      }
    }
  }

  /** For Iceberg, which makes it by name. */
  public FolderLock() {}

  @Override
  public void initialize(Map<String, String> properties) {}

  /**
   * @param entityId path of the file that is to be the next version
   * @return false when another process has held the lock for too long
   */
  @Override
  public boolean acquire(String entityId, String ownerId) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    java.nio.file.Path folder =
        java.nio.file.Path.of(new Path(entityId).toUri().getPath()).getParent();
    Semaphore turn = TURNS.computeIfAbsent(folder, first -> new Semaphore(1));
    try {
      if (!turn.tryAcquire(PATIENCE.toNanos(), TimeUnit.NANOSECONDS)) {
        return false;
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return false;
    }
    boolean taken = false;
    try {
      FileChannel channel = open(folder);
      try {
        FileLock lock = tryUntil(deadline, channel);
        if (lock != null) {
          held.put(entityId, new Held(ownerId, channel, lock, turn));
          taken = true;
        }
      } finally {
        if (!taken) {
          channel.close();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("no lock for " + entityId + ": " + e.getMessage(), e);
    } finally {
      if (!taken) {
        turn.release();
      }
    }
    return taken;
  }

  private static FileChannel open(java.nio.file.Path folder) throws IOException {
    try {
      return openFile(folder);
    } catch (NoSuchFileException first) {
      Files.createDirectories(folder);
      return openFile(folder);
    }
  }

  private static FileChannel openFile(java.nio.file.Path folder) throws IOException {
    return FileChannel.open(
        folder.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  }

  /** Null when it was not to be had before the deadline, or the thread is to stop. */
  private static FileLock tryUntil(long deadline, FileChannel channel) throws IOException {
    while (true) {
      FileLock lock = tryLock(channel);
      if (lock != null
          || System.nanoTime() - deadline > 0
          || Thread.currentThread().isInterrupted()) {
        return lock;
      }
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }

  /** Null while another process has it, or another class loader's copy of this class. */
  private static FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException otherLoader) {
      return null;
    }
  }

  @Override
  public boolean release(String entityId, String ownerId) {
    Held lock = held.get(entityId);
    if (lock == null || !lock.owner().equals(ownerId)) {
      return false;
    }
    held.remove(entityId);
    try {
      lock.release();
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException("the lock of " + entityId + " stays: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    held.forEach((entity, lock) -> release(entity, lock.owner()));
  }
}
