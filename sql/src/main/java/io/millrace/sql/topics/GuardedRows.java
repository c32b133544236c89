package io.millrace.sql.topics;

import io.millrace.formats.DebeziumGuard;
import io.millrace.formats.RecordFormats;
import io.millrace.ingest.DriftException;
import io.millrace.ingest.Guard;
import io.millrace.ingest.Ingested;
import io.millrace.ingest.RecordFormat;
import io.millrace.pii.PiiScreen;
import io.millrace.pipeline.Source;
import io.millrace.quality.RowLevelRules;
import io.millrace.records.DeadLetter;
import java.util.List;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.data.RowData;
import org.apache.flink.util.Collector;

/**
 * The rows that a job takes in of a source's records: decoded in the source's format and held
 * against its contract file, its policies and those quality rules that need one row alone. What a
 * job would quarantine or discard is no row; the table of dead letters has it.
 *
 * <p>Rows are of {@link Source#rowType()}. Renames that were approved while a job ran are not known
 * here, only those in the contract file.
 */
public final class GuardedRows implements TopicRows {
  private static final long serialVersionUID = 1L;
  private static final DeadLetter.Coordinates NOWHERE =
      DeadLetter.Coordinates.kafka("", 0, 0, new byte[0]);

  private final Guard.Settings settings;
  private final RecordFormat format;
  private final boolean debezium;
  private final RowMask mask;
  private transient Guard guard;
  private transient DebeziumGuard changes;

  /**
   * @param debezium whether records are Debezium's change events
   * @throws IllegalArgumentException if the format's schema cannot be used
   */
  public GuardedRows(Source source, boolean debezium, RowMask mask) {
    this.settings =
        Guard.Settings.of(source)
            .withRules(RowLevelRules.enforced(source))
            .withScreen(new PiiScreen());
    this.format = RecordFormats.of(source);
    this.debezium = debezium;
    this.mask = mask;
  }

  @Override
  public void open() {
    if (debezium) {
      changes = new DebeziumGuard(settings, System::currentTimeMillis);
    } else {
      guard = format.guard(settings, System::currentTimeMillis);
    }
  }

  @Override
  public void read(byte[] bytes, Collector<RowData> out) {
    try {
      // The record's own time is not known here; the column of it comes from the connector.
      List<Ingested> read =
          debezium
              ? changes.admit(bytes, 0, () -> NOWHERE)
              : List.of(guard.settle(guard.admit(bytes, 0, () -> NOWHERE)));
      for (Ingested ingested : read) {
        if (ingested.isRow()) {
          out.collect(mask.apply(ingested.row()));
        }
      }
    } catch (DriftException refused) {
      // The policy "fail" is about jobs; to a query it is a record that is no row.
    }
  }

  @Override
  public ChangelogMode changes() {
    return debezium ? ChangelogMode.all() : ChangelogMode.insertOnly();
  }
}
