package io.millrace.pipeline;

import io.millrace.contract.Contract;
import org.apache.flink.table.types.logical.RowType;

/**
 * A stream of records held against one contract.
 *
 * @param eventTime how a record's event time is found and how the watermark moves
 * @param schemaDrift what is done with records that differ from the contract
 * @param quality how the contract's quality rules are reported
 */
public record Source(
    String name,
    Origin origin,
    Contract contract,
    EventTime eventTime,
    SchemaDrift schemaDrift,
    QualitySettings quality) {

  /**
   * Name of the last column of {@link #rowType()}: fields and values that the contract has no
   * column for, by name, each as JSON text.
   */
  public static final String EVOLVED_COLUMN = RowSlots.EVOLVED;

  /** Where a source's records come from. */
  public sealed interface Origin permits KafkaOrigin, PostgresOrigin {}

  /** A source with the default windows for quality rules. */
  public Source(
      String name, Origin origin, Contract contract, EventTime eventTime, SchemaDrift schemaDrift) {
    this(name, origin, contract, eventTime, schemaDrift, QualitySettings.DEFAULT);
  }

  /** A source with the default policies. */
  public Source(String name, Origin origin, Contract contract, EventTime eventTime) {
    this(name, origin, contract, eventTime, SchemaDrift.DEFAULT);
  }

  /**
   * The type of the source's rows inside a job: the contract's fields in their order, with room for
   * widened integers and floats where {@code type_change} is {@code evolve}; then, where new fields
   * or variants are carried along, {@value RowSlots#EVOLVED}, a MAP&lt;STRING, STRING&gt;. It
   * depends on the pipeline file and the contract file only.
   */
  public RowType rowType() {
    return RowSlots.of(contract, schemaDrift);
  }

  /** Whether records have a place in a topic: a partition, and an offset in it. */
  public boolean hasPositions() {
    return origin instanceof KafkaOrigin;
  }

  /** Whether rows can be updated or deleted after they were inserted. */
  public boolean isChangelog() {
    return origin instanceof PostgresOrigin
        || origin instanceof KafkaOrigin kafka
            && kafka.format() == KafkaOrigin.Format.DEBEZIUM_JSON;
  }
}
