package io.millrace.jobs.offline;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
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
}
