package io.millrace.records;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.typeutils.PojoTypeInfo;
import org.apache.flink.api.java.typeutils.runtime.kryo.KryoSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SchemaMessagesTest {

  private static final long NEW_YEAR = 1_767_225_600_000L;

  private static final SchemaChange RENAME =
      new SchemaChange(
          "flights",
          SchemaChange.Kind.RENAME,
          SchemaChange.Status.SUGGESTED,
          "departure_delay",
          "dep_delay_minutes",
          "departure_delay",
          0.93,
          List.of("the names share 'dep' and 'delay'", "both are whole numbers"),
          "12",
          150,
          "1.0.0+3",
          3,
          SchemaChange.BY_POLICY,
          NEW_YEAR);

  private static final ControlMessage APPROVE =
      new ControlMessage(
          "0b5a",
          ControlMessage.Action.APPROVE,
          ControlMessage.Subject.RENAME,
          "flights",
          "departure_delay",
          "dep_delay_minutes",
          "ana",
          NEW_YEAR);

  @Test
  void shouldReadTheFirstFormatOfSchemaChanges() throws IOException {
    byte[] golden = golden("schema-change-1.json");

    assertThat(SchemaChangeJson.decode(golden)).isEqualTo(RENAME);
    assertThat(new String(SchemaChangeJson.encode(RENAME), UTF_8))
        .isEqualTo(new String(golden, UTF_8).strip());
  }

  @Test
  void shouldReadTheFirstFormatOfControlMessages() throws IOException {
    byte[] golden = golden("control-message-1.json");

    assertThat(ControlMessageJson.decode(golden)).contains(APPROVE);
    assertThat(new String(ControlMessageJson.encode(APPROVE), UTF_8))
        .isEqualTo(new String(golden, UTF_8).strip());
  }

  @Test
  void shouldLeaveControlMessagesAboutSomethingElseToOthers() {
    assertThat(ControlMessageJson.decode("{\"about\":\"drift\",\"format\":9}".getBytes(UTF_8)))
        .isEmpty();
  }

  @Test
  void shouldSayWhatIsWrongWithAMessage() {
    assertThatThrownBy(() -> ControlMessageJson.decode("{}".getBytes(UTF_8)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not a control message: no field 'about'");
    assertThatThrownBy(() -> SchemaChangeJson.decode("{\"format\":7}".getBytes(UTF_8)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("format 7, but this release reads format 1 only");
  }

  @ParameterizedTest
  @MethodSource("records")
  void shouldTravelThroughFlinkWithoutKryo(Class<?> record) {
    TypeInformation<?> type = TypeInformation.of(record);

    assertThat(type).isInstanceOf(PojoTypeInfo.class);
    for (String field : ((PojoTypeInfo<?>) type).getFieldNames()) {
      assertThat(
              ((PojoTypeInfo<?>) type)
                  .getTypeAt(field)
                  .createSerializer(new SerializerConfigImpl()))
          .isNotInstanceOf(KryoSerializer.class);
    }
  }

  static Stream<Class<?>> records() {
    return Stream.of(SchemaChange.class, ControlMessage.class);
  }

  private static byte[] golden(String name) throws IOException {
    try (InputStream in = SchemaMessagesTest.class.getResourceAsStream(name)) {
      assertThat(in).as("golden file " + name).isNotNull();
      return in.readAllBytes();
    }
  }
}
