package io.millrace.jobs.letters;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.document.Environment;
import io.millrace.jobs.PipelineLoader;
import io.millrace.pipeline.Pipeline;
import io.millrace.records.DeadLetter;
import io.millrace.records.DeadLetter.Coordinates;
import io.millrace.records.DeadLetter.Raw;
import io.millrace.records.DeadLetterReason;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class VerdictTest {

  private static final Pipeline FLIGHTS =
      PipelineLoader.load(
          Path.of("..", "conf", "pipelines", "flights.yaml"),
          new Environment(Map.of("PG_PASSWORD", "secret")));
  private static final Coordinates RECORD = Coordinates.kafka("flights", 0, 42, null);
  private static final Coordinates ROW = Coordinates.table("flights", -1, null);
  private static final Raw WHOLE = Raw.of("{}".getBytes(UTF_8));
  private static final Raw CUT = Raw.bounded("{}".getBytes(UTF_8), 1);

  @Test
  void shouldLetPassWhatAFixCanRepair() {
    assertThat(against(DeadLetterReason.MISSING_FIELD, "flights", "", RECORD, WHOLE)).isEmpty();
    assertThat(against(DeadLetterReason.WRONG_TYPE, "flights", "", RECORD, CUT)).isEmpty();
    assertThat(
            against(
                DeadLetterReason.EXPRESSION_FAILED,
                "flights",
                "carrier_delay",
                ROW,
                WHOLE.as(Raw.Content.ROW)))
        .isEmpty();
    assertThat(
            against(
                DeadLetterReason.REFUSED_BY_STORE,
                "planes",
                "plane_profile",
                ROW,
                WHOLE.as(Raw.Content.VECTOR)))
        .isEmpty();
  }

  @Test
  void shouldSayWhyAReplayCannotHelp() {
    assertThat(against(DeadLetterReason.TOO_LATE, "flights", "carrier_delay", ROW, WHOLE))
        .contains("backfill");
    assertThat(
            against(
                DeadLetterReason.REFUSED_BY_STORE,
                "flights",
                "carrier_delay",
                ROW,
                WHOLE.as(Raw.Content.COLUMNS)))
        .contains("the row's key and not the row");
    assertThat(against(DeadLetterReason.NULL_RECORD, "flights", "", RECORD, WHOLE))
        .contains("no bytes");
    assertThat(
            against(
                DeadLetterReason.MISSING_FIELD,
                "planes",
                "",
                Coordinates.table("public.planes", 7, null),
                WHOLE))
        .contains("later changes may have replaced");
    assertThat(against(DeadLetterReason.QUALITY, "flights", "", ROW, CUT.as(Raw.Content.ROW)))
        .contains("cut off at 1 of 2");
    assertThat(against(DeadLetterReason.WRONG_TYPE, "trains", "", RECORD, WHOLE))
        .contains("no source trains any more");
    assertThat(against(DeadLetterReason.EXPRESSION_FAILED, "flights", "gone", ROW, WHOLE))
        .contains("no view gone any more");
  }

  @Test
  void shouldChooseFieldsWithinAField() {
    LetterFilter legs = LetterFilter.ofField("flights", "legs");

    assertThat(legs.fits(of("legs"))).isTrue();
    assertThat(legs.fits(of("legs[2].dest"))).isTrue();
    assertThat(legs.fits(of("legs.count"))).isTrue();
    assertThat(legs.fits(of("legs_count"))).isFalse();
    assertThat(legs.fits(of(""))).isFalse();
  }

  @Test
  void shouldGroupElementsOfAnArrayTogether() {
    LetterGroups groups = new LetterGroups();
    groups.add(of("legs[2].dest"));
    groups.add(of("legs[0].dest"));
    groups.add(of("carrier"));

    assertThat(groups.groups())
        .extracting(group -> group.count() + " " + group.field() + " " + group.newest().id())
        .containsExactly("2 legs[].dest 0-5", "1 carrier 0-5");
  }

  @Test
  void shouldChooseByEverythingAtOnce() {
    LetterFilter filter =
        new LetterFilter(
            Set.of(DeadLetterReason.WRONG_TYPE), "flights", "", "carrier", 99, Set.of("0-5"));

    assertThat(filter.fits(of("carrier"))).isTrue();
    assertThat(filter.fits(new StoredLetter(0, 5, 98, of("carrier").letter()))).isFalse();
    assertThat(filter.fits(new StoredLetter(0, 6, 100, of("carrier").letter()))).isFalse();
  }

  private static StoredLetter of(String field) {
    return new StoredLetter(
        0,
        5,
        100,
        new DeadLetter(
            "flights",
            DeadLetterReason.WRONG_TYPE,
            field,
            "",
            "flights",
            "1.0.0",
            0,
            RECORD,
            WHOLE));
  }

  private static String against(
      DeadLetterReason reason, String source, String view, Coordinates at, Raw raw) {
    return Verdict.against(
            FLIGHTS,
            new DeadLetter(source, reason, "", "", "flights", "1.0.0", 0, at, raw).ofView(view))
        .orElse("");
  }
}
