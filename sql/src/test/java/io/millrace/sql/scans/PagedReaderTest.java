package io.millrace.sql.scans;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.junit.jupiter.api.Test;

class PagedReaderTest {

  /** The numbers 1 to seven, three on a page. */
  private static Pages numbers() {
    return new Pages() {
      @Override
      public Page after(String position) {
        int from = position.isEmpty() ? 0 : Integer.parseInt(position);
        int to = Math.min(7, from + 3);
        return new Page(
            IntStream.rangeClosed(from + 1, to).mapToObj(String::valueOf).toList(),
            IntStream.rangeClosed(from + 1, to)
                .mapToObj(i -> (RowData) GenericRowData.of(i))
                .toList(),
            to == 7);
      }

      @Override
      public void close() {}
    };
  }

  private static final class Collected implements ReaderOutput<RowData> {
    private final List<Integer> numbers = new ArrayList<>();

    @Override
    public void collect(RowData row) {
      numbers.add(row.getInt(0));
    }

    @Override
    public void collect(RowData row, long time) {
      collect(row);
    }

    @Override
    public void emitWatermark(Watermark watermark) {}

    @Override
    public void markIdle() {}

    @Override
    public void markActive() {}

    @Override
    public SourceOutput<RowData> createOutputForSplit(String split) {
      return this;
    }

    @Override
    public void releaseOutputForSplit(String split) {}
  }

  private static PagedReader reader(long limit, PagedSplit split) {
    PagedReader reader = new PagedReader(null, PagedReaderTest::numbers, limit);
    reader.addSplits(List.of(split));
    return reader;
  }

  private static void poll(PagedReader reader, Collected into, int most) throws Exception {
    for (int i = 0; i < most && reader.pollNext(into) == InputStatus.MORE_AVAILABLE; i++) {
      assertThat(reader.isAvailable()).isCompleted();
    }
  }

  @Test
  void shouldReadAllPagesOnce() throws Exception {
    Collected all = new Collected();
    PagedReader reader = reader(-1, PagedSplit.BEGINNING);
    poll(reader, all, 100);
    assertThat(all.numbers).containsExactly(1, 2, 3, 4, 5, 6, 7);
    assertThat(reader.pollNext(all)).isEqualTo(InputStatus.END_OF_INPUT);
  }

  @Test
  void shouldContinueWhereAnyCheckpointWasTaken() throws Exception {
    for (long limit : new long[] {-1, 5}) {
      for (int before = 0; before <= 7; before++) {
        Collected rows = new Collected();
        PagedReader first = reader(limit, PagedSplit.BEGINNING);
        poll(first, rows, before);
        PagedSplit.Serializer serializer = new PagedSplit.Serializer();
        PagedSplit kept = first.snapshotState(1).get(0);
        PagedReader second = reader(limit, serializer.deserialize(1, serializer.serialize(kept)));
        poll(second, rows, 100);
        assertThat(rows.numbers)
            .containsExactlyElementsOf(
                IntStream.rangeClosed(1, limit < 0 ? 7 : 5).boxed().toList());
      }
    }
  }

  @Test
  void shouldEndWhenThereIsNoSplitForIt() throws Exception {
    PagedReader idle = new PagedReader(null, PagedReaderTest::numbers, -1);
    assertThat(idle.isAvailable()).isNotDone();
    assertThat(idle.pollNext(new Collected())).isEqualTo(InputStatus.NOTHING_AVAILABLE);
    idle.notifyNoMoreSplits();
    assertThat(idle.isAvailable()).isDone();
    assertThat(idle.pollNext(new Collected())).isEqualTo(InputStatus.END_OF_INPUT);
  }

  @Test
  void shouldNotBeRestartedForWhatARestartDoesNotMend() {
    PagedReader wrong =
        new PagedReader(
            null,
            () -> {
              throw new IllegalArgumentException("no such collection");
            },
            -1);
    wrong.addSplits(List.of(PagedSplit.BEGINNING));
    assertThatThrownBy(() -> wrong.pollNext(new Collected()))
        .isInstanceOf(SuppressRestartsException.class)
        .hasRootCauseMessage("no such collection");
  }

  @Test
  void shouldRefuseAPositionOfAnotherVersion() throws Exception {
    PagedSplit.OptionalSerializer serializer = new PagedSplit.OptionalSerializer();
    assertThat(serializer.deserialize(1, serializer.serialize(Optional.empty()))).isEmpty();
    assertThatThrownBy(() -> serializer.deserialize(2, new byte[1]))
        .hasMessage("a scan's position of version 2; expected 1");
  }
}
