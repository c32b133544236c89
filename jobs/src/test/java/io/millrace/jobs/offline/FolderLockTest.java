package io.millrace.jobs.offline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderLockTest {
  @TempDir private Path dir;

  @Test
  void shouldLetOneAtATimeMakeAVersion() throws Exception {
    String version = "file:" + dir.resolve("a table/metadata/v2.metadata.json");
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    CountDownLatch together = new CountDownLatch(1);
    ExecutorService writers = Executors.newFixedThreadPool(4);
    try {
      List<Future<Integer>> turns = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        String owner = "writer-" + i;
        turns.add(
            writers.submit(
                () -> {
                  together.await();
                  int taken = 0;
                  // Each with a lock of its own, as jobs in one process have.
                  try (FolderLock lock = new FolderLock()) {
                    for (int turn = 0; turn < 50; turn++) {
                      taken += lock.acquire(version, owner) ? 1 : 0;
                      most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                      inside.decrementAndGet();
                      assertThat(lock.release(version, owner)).isTrue();
                    }
                  }
                  return taken;
                }));
      }
      together.countDown();
      for (Future<Integer> turn : turns) {
        assertThat(turn.get(1, TimeUnit.MINUTES)).isEqualTo(50);
      }
    } finally {
      writers.shutdownNow();
    }
    assertThat(most).hasValue(1);
  }

  @Test
  void shouldGiveBackOnlyToTheOwner() {
    String version = dir.resolve("v1.metadata.json").toString();
    try (FolderLock lock = new FolderLock()) {
      assertThat(lock.acquire(version, "me")).isTrue();
      assertThat(lock.release(version, "somebody else")).isFalse();
      assertThat(lock.release(version, "me")).isTrue();
      assertThat(lock.release(version, "me")).isFalse();
    }
  }

  @Test
  void shouldKeepOtherProcessesOutWhenAThreadGivesUp() throws Exception {
    String version = dir.resolve("v1.metadata.json").toString();
    try (FolderLock lock = new FolderLock();
        FolderLock other = new FolderLock()) {
      assertThat(lock.acquire(version, "me")).isTrue();

      Thread givesUp = new Thread(() -> other.acquire(version, "somebody else"));
      givesUp.start();
      givesUp.interrupt();
      givesUp.join(TimeUnit.MINUTES.toMillis(1));

      assertThat(anotherProcessTakes(dir.resolve(".lock"))).isFalse();
      assertThat(lock.release(version, "me")).isTrue();
      assertThat(anotherProcessTakes(dir.resolve(".lock"))).isTrue();
    }
  }

  private static boolean anotherProcessTakes(Path file) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                TryLock.class.getName(),
                file.toString())
            .inheritIO()
            .start();
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).isIn(TryLock.TAKEN, TryLock.HELD);
    return process.exitValue() == TryLock.TAKEN;
  }

  /** Another process that tries to lock a file. */
  static final class TryLock {
    static final int TAKEN = 10;
    static final int HELD = 11;

    public static void main(String[] args) throws IOException {
      try (FileChannel channel = FileChannel.open(Path.of(args[0]), StandardOpenOption.WRITE)) {
        System.exit(channel.tryLock() == null ? HELD : TAKEN);
      }
    }
  }
}
