package io.millrace.records;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.typeutils.PojoTypeInfo;
import org.apache.flink.api.java.typeutils.runtime.kryo.KryoSerializer;
import org.junit.jupiter.api.Test;

class DeadLetterJsonTest {

  private static final byte[] BAD_FLIGHT = "{\"flight\":\"x\"}".getBytes(UTF_8);

  @Test
  void shouldReadBackWhatItWrote() {
    DeadLetter letter = letter(DeadLetter.Raw.of(BAD_FLIGHT));

    assertThat(DeadLetterJson.decode(DeadLetterJson.encode(letter)))
        .usingRecursiveComparison()
        .isEqualTo(letter);
  }

  @Test
  void shouldShowTheRecordToPeople() {
    assertThat(new String(DeadLetterJson.encode(letter(DeadLetter.Raw.of(BAD_FLIGHT))), UTF_8))
        .isEqualTo(
            "{\"pipeline\":\"\",\"source\":\"flights\",\"reason\":\"WRONG_TYPE\",\"field\":\"flight\","
                + "\"message\":\"a string where INT is expected\",\"contract\":\"flights\","
                + "\"contract_version\":\"1.0.0\",\"time\":\"2013-01-01T10:15:00Z\","
                + "\"topic\":\"flights\",\"partition\":2,\"offset\":42,"
                + "\"key_base64\":\"a2V5\",\"key_text\":\"key\","
                + "\"raw_size\":14,\"raw_base64\":\"eyJmbGlnaHQiOiJ4In0=\","
                + "\"raw_text\":\"{\\\"flight\\\":\\\"x\\\"}\"}");
  }

  @Test
  void shouldReadLettersThatWereWrittenBeforeThereWereHeaders() throws Exception {
    DeadLetter letter = DeadLetterJson.decode(golden("dead-letter-v1.json"));

    assertThat(letter).usingRecursiveComparison().isEqualTo(letter(DeadLetter.Raw.of(BAD_FLIGHT)));
  }

  @Test
  void shouldKeepPipelineViewReplaysAndHeaders() throws Exception {
    DeadLetter.Coordinates at =
        DeadLetter.Coordinates.kafka(
            "flights",
            2,
            42,
            "key".getBytes(UTF_8),
            List.of(
                new DeadLetter.Header("trace", "4bf92f".getBytes(UTF_8)),
                new DeadLetter.Header("binary", new byte[] {(byte) 0xff}),
                new DeadLetter.Header("trace", new byte[0])));
    DeadLetter letter =
        letterAt(at.afterReplays(2), DeadLetter.Raw.of(BAD_FLIGHT).as(DeadLetter.Raw.Content.ROW))
            .ofPipeline("flights")
            .ofView("carrier_delay");

    byte[] json = DeadLetterJson.encode(letter);

    assertThat(new String(json, UTF_8))
        .isEqualTo(new String(golden("dead-letter-v2.json"), UTF_8).strip());
    assertThat(DeadLetterJson.decode(json)).usingRecursiveComparison().isEqualTo(letter);
  }

  @Test
  void shouldCountTheHeadersThatAreTooMany() {
    List<DeadLetter.Header> many = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      many.add(new DeadLetter.Header("h" + i, new byte[1_000]));
    }

    List<DeadLetter.Header> kept =
        DeadLetter.Coordinates.kafka("flights", 0, 1, null, many).headers();

    assertThat(kept).hasSize(17);
    assertThat(kept.get(16).name()).isEqualTo(DeadLetter.Header.LEFT_OUT);
    assertThat(new String(kept.get(16).value(), UTF_8)).isEqualTo("84");
  }

  @Test
  void shouldLeaveOutTheTextOfBytesThatAreNotUtf8() {
    byte[] latin1 = {'{', (byte) 0xe9, '}'};

    byte[] json = DeadLetterJson.encode(letter(DeadLetter.Raw.of(latin1)));

    assertThat(new String(json, UTF_8)).doesNotContain("raw_text");
    assertThat(DeadLetterJson.decode(json).raw().bytes()).isEqualTo(latin1);
  }

  @Test
  void shouldStayBelowKafkasDefaultMessageSizeWhateverTheRecord() {
    byte[] tenMegabytes = new byte[10 << 20];
    new Random(7).nextBytes(tenMegabytes);

    byte[] json = DeadLetterJson.encode(letter(DeadLetter.Raw.of(tenMegabytes)));

    assertThat(json.length).isLessThan(1_000_000);
    DeadLetter.Raw raw = DeadLetterJson.decode(json).raw();
    assertThat(raw.isTruncated()).isTrue();
    assertThat(raw.size()).isEqualTo(10 << 20);
    assertThat(raw.sha256()).hasSize(64);
  }

  @Test
  void shouldKeepTheLogPositionOfATable() {
    DeadLetter.Coordinates row =
        DeadLetter.Coordinates.table("public.planes", 99L, "{\"tailnum\":\"N1\"}".getBytes(UTF_8));

    DeadLetter read = DeadLetterJson.decode(DeadLetterJson.encode(letterAt(row)));

    assertThat(read.coordinates()).usingRecursiveComparison().isEqualTo(row);
  }

  @Test
  void shouldSayWhatIsMissingWhenItIsNoDeadLetter() {
    assertThatThrownBy(() -> DeadLetterJson.decode("{}".getBytes(UTF_8)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no field 'key_base64'");
  }

  @Test
  void shouldTravelThroughFlinkWithoutKryo() {
    TypeInformation<DeadLetter> type = TypeInformation.of(DeadLetter.class);

    assertThat(type).isInstanceOf(PojoTypeInfo.class);
    for (String field : ((PojoTypeInfo<DeadLetter>) type).getFieldNames()) {
      TypeInformation<?> fieldType = ((PojoTypeInfo<DeadLetter>) type).getTypeAt(field);
      assertThat(
              fieldType.createSerializer(
                  new org.apache.flink.api.common.serialization.SerializerConfigImpl()))
          .isNotInstanceOf(KryoSerializer.class);
    }
  }

  private static byte[] golden(String name) throws IOException {
    try (InputStream file = DeadLetterJsonTest.class.getResourceAsStream(name)) {
      assertThat(file).as("golden file " + name).isNotNull();
      return file.readAllBytes();
    }
  }

  private static DeadLetter letter(DeadLetter.Raw raw) {
    return new DeadLetter(
        "flights",
        DeadLetterReason.WRONG_TYPE,
        "flight",
        "a string where INT is expected",
        "flights",
        "1.0.0",
        1357035300000L,
        DeadLetter.Coordinates.kafka("flights", 2, 42, "key".getBytes(UTF_8)),
        raw);
  }

  private static DeadLetter letterAt(DeadLetter.Coordinates coordinates) {
    return letterAt(coordinates, DeadLetter.Raw.of(BAD_FLIGHT));
  }

  private static DeadLetter letterAt(DeadLetter.Coordinates coordinates, DeadLetter.Raw raw) {
    DeadLetter letter = letter(raw);
    return new DeadLetter(
        letter.source(),
        letter.reason(),
        letter.field(),
        letter.message(),
        letter.contract(),
        letter.contractVersion(),
        letter.timeMillis(),
        coordinates,
        letter.raw());
  }
}
