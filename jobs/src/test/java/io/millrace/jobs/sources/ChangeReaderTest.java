package io.millrace.jobs.sources;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.contract.Contract;
import io.millrace.contract.Field;
import io.millrace.contract.QualityBound;
import io.millrace.contract.QualityRule;
import io.millrace.document.Place;
import io.millrace.ingest.DriftException;
import io.millrace.ingest.Ingested;
import io.millrace.pipeline.EventTime;
import io.millrace.pipeline.PostgresOrigin;
import io.millrace.pipeline.SchemaDrift;
import io.millrace.pipeline.SchemaDrift.Kind;
import io.millrace.pipeline.SchemaDrift.Policy;
import io.millrace.pipeline.Secret;
import io.millrace.pipeline.Source;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.data.Schema;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.data.Struct;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.source.SourceRecord;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.VarCharType;
import org.junit.jupiter.api.Test;

/** Rows of a table that break a quality rule are treated as if they were not in the table. */
class ChangeReaderTest {
  private static final Schema ROW =
      SchemaBuilder.struct()
          .optional()
          .field("tailnum", Schema.STRING_SCHEMA)
          .field("seats", Schema.OPTIONAL_INT32_SCHEMA)
          .build();
  private static final Schema SOURCE =
      SchemaBuilder.struct()
          .field("schema", Schema.STRING_SCHEMA)
          .field("table", Schema.STRING_SCHEMA)
          .field("ts_ms", Schema.INT64_SCHEMA)
          .field("lsn", Schema.INT64_SCHEMA)
          .build();
  private static final Schema ENVELOPE =
      SchemaBuilder.struct()
          .field("op", Schema.STRING_SCHEMA)
          .field("before", ROW)
          .field("after", ROW)
          .field("source", SOURCE)
          .field("ts_ms", Schema.OPTIONAL_INT64_SCHEMA)
          .build();

  @Test
  void shouldRefuseRowsThatBreakARuleAndTakeThemBackWhenTheyStartTo() {
    ChangeReader reader = reader(Policy.QUARANTINE);
    assertThat(read(reader, "c", null, plane(100))).containsExactly("+I 100");
    assertThat(read(reader, "c", null, plane(-1))).containsExactly("letter QUALITY seats");
    assertThat(read(reader, "u", plane(100), plane(-1)))
        .containsExactly("-D 100 uncounted", "letter QUALITY seats");
    assertThat(read(reader, "u", plane(-1), plane(100))).containsExactly("+I 100");
    assertThat(read(reader, "u", plane(-1), plane(-2))).containsExactly("letter QUALITY seats");
    assertThat(read(reader, "u", plane(100), plane(101)))
        .containsExactly("-U 100 uncounted", "+U 101");
  }

  @Test
  void shouldDoWhatThePolicySays() {
    assertThat(read(reader(Policy.DISCARD_VALUE), "u", plane(-1), plane(-2)))
        .containsExactly("-U null uncounted", "+U null");
    assertThat(read(reader(Policy.DISCARD_ROW), "c", null, plane(-1))).containsExactly("discarded");
    assertThat(read(reader(Policy.IGNORE), "c", null, plane(-1))).containsExactly("+I -1");
    assertThatThrownBy(() -> read(reader(Policy.FAIL), "c", null, plane(-1)))
        .isInstanceOf(DriftException.class);
  }

  private static ChangeReader reader(Policy policy) {
    QualityRule seats =
        new QualityRule(
            "seats.range",
            "seats",
            new QualityRule.Range(BigDecimal.ZERO, false, null, false, ">= 0"),
            QualityBound.NONE_BROKEN,
            new Place("planes.yaml", 1, "quality"));
    Source source =
        new Source(
            "planes",
            new PostgresOrigin(
                "localhost",
                5432,
                "nyc",
                "public",
                "planes",
                "slot",
                "u",
                new Secret(""),
                Map.of()),
            new Contract(
                "planes",
                "1.0.0",
                "",
                List.of(
                    new Field(
                        "tailnum",
                        VarCharType.STRING_TYPE.copy(false),
                        true,
                        true,
                        Optional.empty(),
                        ""),
                    new Field("seats", new IntType(), false, false, Optional.empty(), "")),
                List.of(seats)),
            new EventTime(Optional.empty(), Duration.ZERO, Optional.empty(), false),
            new SchemaDrift(Map.of(Kind.QUALITY, policy), 0.9, Set.of(), false, false, Map.of()));
    return new ChangeReader(SourceGuard.settings(source), List.of("tailnum"), TableColumns.NONE);
  }

  private static Struct plane(int seats) {
    return new Struct(ROW).put("tailnum", "N1").put("seats", seats);
  }

  private static List<String> read(
      ChangeReader reader, String operation, Struct before, Struct after) {
    Struct value =
        new Struct(ENVELOPE)
            .put("op", operation)
            .put("before", before)
            .put("after", after)
            .put(
                "source",
                new Struct(SOURCE)
                    .put("schema", "public")
                    .put("table", "planes")
                    .put("ts_ms", 1_000L)
                    .put("lsn", 7L));
    List<Ingested> all = new ArrayList<>();
    reader.deserialize(
        new SourceRecord(Map.of(), Map.of(), "planes", ENVELOPE, value), new ListCollector<>(all));
    return all.stream().map(ChangeReaderTest::text).toList();
  }

  private static String text(Ingested ingested) {
    if (ingested.isDiscarded()) {
      return "discarded";
    }
    return ingested.isDeadLetter()
        ? "letter " + ingested.deadLetter().reason() + " " + ingested.deadLetter().field()
        : ingested.row().getRowKind().shortString()
            + " "
            + (ingested.row().isNullAt(1) ? null : ingested.row().getLong(1))
            + (ingested.counted() ? "" : " uncounted");
  }
}
