package io.millrace.records;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.typeutils.PojoTypeInfo;
import org.junit.jupiter.api.Test;

class ReplayJsonTest {

  private static final Replay REPLAY =
      new Replay(
          "3-17",
          new DeadLetter(
                  "flights",
                  DeadLetterReason.WRONG_TYPE,
                  "flight",
                  "a string where INT is expected",
                  "flights",
                  "1.0.0+2",
                  1357035300000L,
                  DeadLetter.Coordinates.kafka("flights", 2, 42, "key".getBytes(UTF_8)),
                  DeadLetter.Raw.of("{\"flight\":\"x\"}".getBytes(UTF_8)))
              .ofPipeline("flights"));

  @Test
  void shouldReadBackWhatItWrote() throws Exception {
    byte[] json = ReplayJson.encode(REPLAY);

    assertThat(new String(json, UTF_8)).isEqualTo(golden("replay-v1.json"));
    assertThat(ReplayJson.decode(json)).usingRecursiveComparison().isEqualTo(REPLAY);
  }

  @Test
  void shouldSayWhatItCannotRead() {
    assertThatThrownBy(() -> ReplayJson.decode("{\"format\":2}".getBytes(UTF_8)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("format 2, but this release reads format 1 only");
  }

  @Test
  void shouldKnowARecordByItsCoordinatesAndAnythingElseByItsLetter() {
    DeadLetter letter = REPLAY.letter();
    DeadLetter ofView =
        new DeadLetter(
            "flights",
            DeadLetterReason.EXPRESSION_FAILED,
            "",
            "",
            "flights",
            "1.0.0",
            0,
            DeadLetter.Coordinates.table("flights", -1, null),
            letter.raw());

    assertThat(REPLAY.identity()).isEqualTo("flights/flights/2/42");
    assertThat(new Replay("9-9", letter).identity()).isEqualTo("flights/flights/2/42");
    assertThat(new Replay("9-9", ofView).identity()).isEqualTo("flights/letter/9-9");
  }

  @Test
  void shouldTravelThroughFlinkAsAPojo() {
    assertThat(TypeInformation.of(Replay.class)).isInstanceOf(PojoTypeInfo.class);
  }

  private static String golden(String name) throws IOException {
    try (InputStream file = ReplayJsonTest.class.getResourceAsStream(name)) {
      assertThat(file).as("golden file " + name).isNotNull();
      return new String(file.readAllBytes(), UTF_8).strip();
    }
  }
}
