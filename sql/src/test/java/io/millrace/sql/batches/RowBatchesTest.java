package io.millrace.sql.batches;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class RowBatchesTest {
  private static final Duration LONG = Duration.ofMinutes(10);

  private final List<List<Integer>> batches = Collections.synchronizedList(new ArrayList<>());

  private List<String> words(List<Integer> requests) {
    batches.add(List.copyOf(requests));
    return requests.stream().map(each -> "#" + each).toList();
  }

  private static <T> T get(CompletableFuture<T> future) throws Exception {
    return future.get(20, TimeUnit.SECONDS);
  }

  @Test
  void shouldSendAFullBatchAtOnce() throws Exception {
    try (RowBatches<Integer, String> full = new RowBatches<>("t", 3, LONG, List.of(this::words))) {
      CompletableFuture<String> first = full.ask(1);
      CompletableFuture<String> second = full.ask(2);
      CompletableFuture<String> third = full.ask(3);
      assertThat(List.of(get(first), get(second), get(third))).containsExactly("#1", "#2", "#3");
      assertThat(batches).containsExactly(List.of(1, 2, 3));
    }
  }

  @Test
  void shouldSendASingleRequestAfterItsLinger() throws Exception {
    try (RowBatches<Integer, String> one =
        new RowBatches<>("t", 64, Duration.ofMillis(2), List.of(this::words))) {
      assertThat(get(one.ask(7))).isEqualTo("#7");
    }
  }

  @Test
  void shouldGatherWhileTheWorkerIsBusyAndKeepToTheMost() throws Exception {
    CountDownLatch busy = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    RowBatches.Worker<Integer, String> slow =
        requests -> {
          busy.countDown();
          go.await();
          return words(requests);
        };
    try (RowBatches<Integer, String> gathering =
        new RowBatches<>("t", 4, Duration.ZERO, List.of(slow))) {
      List<CompletableFuture<String>> answers = new ArrayList<>();
      answers.add(gathering.ask(0));
      assertThat(busy.await(20, TimeUnit.SECONDS)).isTrue();
      for (int i = 1; i <= 6; i++) {
        answers.add(gathering.ask(i));
      }
      go.countDown();
      for (int i = 0; i <= 6; i++) {
        assertThat(get(answers.get(i))).isEqualTo("#" + i);
      }
      assertThat(batches).containsExactly(List.of(0), List.of(1, 2, 3, 4), List.of(5, 6));
    }
  }

  @Test
  void shouldAnswerEachRequestOnceWhoeverAsksAndAnswers() throws Exception {
    int askers = 3;
    int each = 5_000;
    List<CompletableFuture<String>> answers =
        new ArrayList<>(Collections.nCopies(askers * each, null));
    try (RowBatches<Integer, String> shared =
        new RowBatches<>(
            "t", 16, Duration.ofNanos(80_000), List.of(this::words, this::words, this::words))) {
      List<Thread> threads = new ArrayList<>();
      for (int asker = 0; asker < askers; asker++) {
        int first = asker * each;
        Runnable asking =
            () -> {
              for (int i = first; i < first + each; i++) {
                answers.set(i, shared.ask(i));
              }
            };
        threads.add(new Thread(asking));
      }
      threads.forEach(Thread::start);
      for (Thread thread : threads) {
        thread.join();
      }
      for (int i = 0; i < answers.size(); i++) {
        assertThat(get(answers.get(i))).isEqualTo("#" + i);
      }
    }
    assertThat(batches).allSatisfy(batch -> assertThat(batch).hasSizeBetween(1, 16));
    assertThat(batches.stream().mapToInt(List::size).sum()).isEqualTo(askers * each);
  }

  @Test
  void shouldFailAllRequestsOfABatchThatFailedAndGoOn() throws Exception {
    RowBatches.Worker<Integer, String> failing =
        requests -> {
          if (requests.contains(13)) {
            throw new IllegalStateException("no thirteen");
          }
          return words(requests);
        };
    try (RowBatches<Integer, String> some =
        new RowBatches<>("t", 1, Duration.ZERO, List.of(failing))) {
      CompletableFuture<String> thirteen = some.ask(13);
      assertThatThrownBy(() -> get(thirteen)).hasRootCauseMessage("no thirteen");
      assertThat(get(some.ask(14))).isEqualTo("#14");
    }
  }

  @Test
  void shouldEndWhatIsUnderWayAndCloseTheWorkerWhenClosed() throws Exception {
    CountDownLatch busy = new CountDownLatch(1);
    AtomicBoolean closed = new AtomicBoolean();
    RowBatches.Worker<Integer, String> stuck =
        new RowBatches.Worker<>() {
          @Override
          public List<String> answer(List<Integer> requests) throws InterruptedException {
            busy.countDown();
            new CountDownLatch(1).await();
            return List.of();
          }

          @Override
          public void close() {
            closed.set(true);
          }
        };
    RowBatches<Integer, String> closing = new RowBatches<>("t", 1, Duration.ZERO, List.of(stuck));
    CompletableFuture<String> underWay = closing.ask(1);
    CompletableFuture<String> waiting = closing.ask(2);
    assertThat(busy.await(20, TimeUnit.SECONDS)).isTrue();
    closing.close();
    assertThat(closed).isTrue();
    assertThat(underWay).isCompletedExceptionally();
    assertThat(waiting).isCompletedExceptionally();
    assertThat(closing.ask(3)).isCompletedExceptionally();
  }
}
