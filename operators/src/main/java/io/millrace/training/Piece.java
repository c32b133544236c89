package io.millrace.training;

import io.millrace.features.QuestionTopology;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.core.memory.MemorySegmentFactory;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.binary.BinaryRowData;
import org.apache.flink.table.data.binary.BinarySegmentUtils;
import org.apache.flink.table.runtime.typeutils.RowDataSerializer;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.VarBinaryType;

/**
 * Pieces of training rows, all of one type so that one sort by row brings them together: the row's
 * number, which piece it is, and its bytes, null for an answer without values.
 *
 * <pre>
 *   piece 0       the spine's row, a {@link BinaryRowData}
 *   piece 1 + p   the values of part p, a {@link BinaryRowData}; of row {@link
 *                 QuestionTopology#BEGINNING} the time its history begins, eight bytes, big end first
 * </pre>
 */
final class Piece {
  static final RowType TYPE =
      RowType.of(
          false,
          new LogicalType[] {
            new BigIntType(false), new IntType(false), new VarBinaryType(VarBinaryType.MAX_LENGTH)
          },
          new String[] {"row", "piece", "bytes"});

  private Piece() {}

  private static RowData of(long row, int piece, byte[] bytes) {
    return GenericRowData.of(row, piece, bytes);
  }

  private static byte[] bytes(BinaryRowData row) {
    return BinarySegmentUtils.copyToBytes(row.getSegments(), row.getOffset(), row.getSizeInBytes());
  }

  /** The row that some bytes are. */
  static BinaryRowData row(byte[] bytes, int fields) {
    BinaryRowData row = new BinaryRowData(fields);
    row.pointTo(MemorySegmentFactory.wrap(bytes), 0, bytes.length);
    return row;
  }

  /** Rows of the spine, which end with their number. */
  static final class OfSpine implements MapFunction<RowData, RowData> {
    private static final long serialVersionUID = 1L;
    private final RowDataSerializer serializer;
    private final int idColumn;

    OfSpine(RowType spine) {
      serializer = new RowDataSerializer(SpineRows.type(spine));
      idColumn = SpineRows.rowColumn(spine);
    }

    @Override
    public RowData map(RowData row) {
      return of(row.getLong(idColumn), 0, bytes(serializer.toBinaryRow(row)));
    }
  }

  /** Answers of a view. */
  static final class OfAnswers implements MapFunction<RowData, RowData> {
    private static final long serialVersionUID = 1L;
    private final int part;
    private final RowDataSerializer serializer;

    OfAnswers(int part, RowType values) {
      this.part = part;
      serializer = new RowDataSerializer(values);
    }

    @Override
    public RowData map(RowData answer) {
      long id = answer.getLong(0);
      if (id == QuestionTopology.BEGINNING) {
        byte[] begins = java.nio.ByteBuffer.allocate(Long.BYTES).putLong(answer.getLong(1)).array();
        return of(id, 1 + part, begins);
      }
      RowData values = answer.isNullAt(2) ? null : answer.getRow(2, serializer.getArity());
      return of(id, 1 + part, values == null ? null : bytes(serializer.toBinaryRow(values)));
    }
  }
}
