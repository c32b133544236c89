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

  private final Map<String, Held> held = new ConcurrentHashMap<>();

  private record Held(String owner, FileChannel channel, FileLock lock) {}

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
    try {
      FileChannel channel = open(entityId);
      try {
        while (true) {
          FileLock lock = tryLock(channel);
          if (lock != null) {
            held.put(entityId, new Held(ownerId, channel, lock));
            return true;
          }
          if (System.nanoTime() - deadline > 0 || Thread.currentThread().isInterrupted()) {
            channel.close();
            return false;
          }
          LockSupport.parkNanos(PAUSE.toNanos());
        }
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException("no lock for " + entityId + ": " + e.getMessage(), e);
    }
  }

  private static FileChannel open(String entityId) throws IOException {
    java.nio.file.Path folder =
        java.nio.file.Path.of(new Path(entityId).toUri().getPath()).getParent();
    try {
      return open(folder);
    } catch (NoSuchFileException first) {
      Files.createDirectories(folder);
      return open(folder);
    }
  }

  private static FileChannel open(java.nio.file.Path folder) throws IOException {
    return FileChannel.open(
        folder.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  }

  /** Null while another process, or another thread of this one, has it. */
  private static FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException thisProcess) {
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
      lock.lock().release();
      lock.channel().close();
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
