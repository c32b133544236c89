package io.millrace.duplicates;

import io.millrace.records.ClusterMember;
import io.millrace.records.DuplicatePair;
import io.millrace.records.EmbeddedRow;
import io.millrace.vectors.DuplicateMark;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.AsyncDataStream;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;

/** From the points that Qdrant shows to pairs and clusters of duplicates. */
public final class DuplicatesTopology {

  /** Rows of a subtask for which neighbours are looked for, or waited for. */
  private static final int ROWS_UNDER_WAY = 128;

  private DuplicatesTopology() {}

  /**
   * What is told of duplicates, as changelogs: a record replaces the one before of the same pair,
   * row or point.
   *
   * @param marks what points are to say
   */
  public record Streams(
      DataStream<DuplicatePair> pairs,
      DataStream<ClusterMember> members,
      DataStream<DuplicateMark> marks) {}

  /**
   * @param acknowledged rows whose points Qdrant shows, or shows no more
   * @param uid of each operator, by its part's name: {@code neighbours}, {@code rows}, {@code
   *     blocks}, {@code judge}
   */
  public static Streams duplicates(
      DataStream<EmbeddedRow> acknowledged, DuplicatesPlan plan, UnaryOperator<String> uid) {
    String name = plan.schema().embedding() + ": ";
    // Of a long text, the first chunk's point stands for the row.
    DataStream<EmbeddedRow> rows =
        acknowledged
            .filter(row -> row.chunk() == 0)
            .name(name + "rows that Qdrant shows")
            .uid(uid.apply("first-chunks"));
    SingleOutputStreamOperator<FoundRow> found =
        AsyncDataStream.orderedWait(
                rows, new NeighbourFunction(plan), 0, TimeUnit.MILLISECONDS, ROWS_UNDER_WAY)
            .name(name + "neighbours")
            .uid(uid.apply("neighbours"));
    SingleOutputStreamOperator<BlockEntry> entries =
        found
            .keyBy(row -> row.row().id())
            .process(new RowRouter(plan))
            .name(name + "blocks of rows")
            .uid(uid.apply("rows"));
    SingleOutputStreamOperator<PairEvidence> evidence =
        entries
            .keyBy(BlockEntry::block)
            .process(new BlockFunction(plan))
            .name(name + "pairs of blocks")
            .uid(uid.apply("blocks"));
    SingleOutputStreamOperator<DuplicatePair> pairs =
        entries
            .getSideOutput(RowRouter.ROWS)
            .connect(evidence)
            .keyBy(RowChange::tenant, PairEvidence::tenant, Types.STRING)
            .process(new PairJudge(plan))
            .name(name + "duplicates")
            .uid(uid.apply("judge"));
    return new Streams(
        pairs, pairs.getSideOutput(PairJudge.MEMBERS), pairs.getSideOutput(PairJudge.MARKS));
  }
}
