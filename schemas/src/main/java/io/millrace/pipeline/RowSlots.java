package io.millrace.pipeline;

import io.millrace.contract.Contract;
import io.millrace.contract.Field;
import io.millrace.pipeline.SchemaDrift.Kind;
import io.millrace.pipeline.SchemaDrift.Policy;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.DoubleType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.MapType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.VarCharType;

/**
 * The row type of a source's rows inside the job: fixed when the job is built, and wide enough for
 * what may change while it runs.
 *
 * <ul>
 *   <li>The contract's fields in their order. Where {@code type_change} is {@code evolve}, integers
 *       have the slot of a BIGINT, floats that of a DOUBLE and strings that of the longest, at any
 *       depth, so that those widenings need no restart.
 *   <li>Required fields outside the primary key can be null where {@code missing_field} or {@code
 *       null_in_required} is {@code discard_value}.
 *   <li>Where something can travel beside the contract, a last column {@value #EVOLVED}: names of
 *       new fields and variants, each with the JSON text of its value; null when there are none.
 * </ul>
 */
final class RowSlots {

  /** Name of the last column. */
  static final String EVOLVED = "_evolved";

  /** Its type. */
  static final MapType EVOLVED_TYPE =
      new MapType(
          true,
          new VarCharType(false, VarCharType.MAX_LENGTH),
          new VarCharType(false, VarCharType.MAX_LENGTH));

  private RowSlots() {}

  static RowType of(Contract contract, SchemaDrift drift) {
    List<RowType.RowField> fields = new ArrayList<>();
    for (Field field : contract.fields()) {
      fields.add(new RowType.RowField(field.name(), slot(field, drift)));
    }
    if (drift.carriesBeside()) {
      fields.add(new RowType.RowField(EVOLVED, EVOLVED_TYPE));
    }
    return new RowType(false, fields);
  }

  private static LogicalType slot(Field field, SchemaDrift drift) {
    boolean grows = drift.policy(Kind.TYPE_CHANGE, field.name()) == Policy.EVOLVE;
    LogicalType type = grows ? widest(field.type()) : field.type();
    boolean mayVanish =
        drift.policy(Kind.MISSING_FIELD, field.name()) == Policy.DISCARD_VALUE
            || drift.policy(Kind.NULL_IN_REQUIRED, field.name()) == Policy.DISCARD_VALUE;
    return mayVanish && !field.primaryKey() ? type.copy(true) : type;
  }

  private static LogicalType widest(LogicalType type) {
    boolean nullable = type.isNullable();
    return switch (type.getTypeRoot()) {
      case TINYINT, SMALLINT, INTEGER -> new BigIntType(nullable);
      case FLOAT -> new DoubleType(nullable);
      case CHAR, VARCHAR -> new VarCharType(nullable, VarCharType.MAX_LENGTH);
      case ARRAY -> new ArrayType(nullable, widest(((ArrayType) type).getElementType()));
      case ROW ->
          new RowType(
              nullable,
              ((RowType) type)
                  .getFields().stream()
                      .map(it -> new RowType.RowField(it.getName(), widest(it.getType())))
                      .toList());
      default -> type;
    };
  }
}
