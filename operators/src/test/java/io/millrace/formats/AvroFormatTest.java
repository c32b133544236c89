package io.millrace.formats;

import static io.millrace.formats.FormatFixture.admit;
import static io.millrace.formats.FormatFixture.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.ingest.Guard;
import io.millrace.ingest.Ingested;
import io.millrace.pipeline.FormatOptions;
import io.millrace.pipeline.KafkaOrigin.Format;
import io.millrace.pipeline.Secret;
import io.millrace.records.DeadLetterReason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.avro.Conversions;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.util.RandomData;
import org.junit.jupiter.api.Test;

/** Bytes are written by Avro's own library. */
class AvroFormatTest {

  private static final String FIELDS =
      """
      {"name":"order_id","type":"string"},
      {"name":"amount","type":"int"},
      {"name":"price","type":["null",{"type":"bytes","logicalType":"decimal","precision":10,"scale":2}]},
      {"name":"paid","type":["null","boolean"]},
      {"name":"at","type":{"type":"long","logicalType":"timestamp-millis"}}
      """;
  private static final Schema ORDER = schema(FIELDS);
  private static final Schema NEWER =
      schema(FIELDS + ",{\"name\":\"tags\",\"type\":{\"type\":\"array\",\"items\":\"string\"}}");

  @Test
  void shouldReadRecordsByTheirWritersSchema() throws Exception {
    Ingested order = admit(guard(ORDER), write(ORDER, order(ORDER)));

    assertThat(values(order.row()))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "order_id", "o1",
                "amount", "3",
                "price", "12.50",
                "paid", "true",
                "at", "2013-01-01T10:15:00.123"));
    assertThat(order.drift()).isNull();
  }

  @Test
  void shouldCarryAFieldAlongThatTheContractDoesNotKnow() throws Exception {
    GenericRecord order = order(NEWER);
    order.put("tags", List.of("new", "gift"));

    Ingested ingested = admit(guard(NEWER), write(NEWER, order));

    assertThat(values(ingested.row())).containsEntry("+tags", "[\"new\",\"gift\"]");
  }

  @Test
  void shouldHoldRecordsAgainstTheContract() throws Exception {
    Schema strings =
        schema(FIELDS.replace("\"amount\",\"type\":\"int\"", "\"amount\",\"type\":\"string\""));
    GenericRecord order = order(strings);
    order.put("amount", "many");

    Ingested ingested = admit(guard(strings), write(strings, order));

    assertThat(ingested.deadLetter().reason()).isEqualTo(DeadLetterReason.WRONG_TYPE);
    assertThat(ingested.deadLetter().field()).isEqualTo("amount");
  }

  @Test
  void shouldSayWhenBytesAreOfAnotherSchema() throws Exception {
    byte[] order = write(ORDER, order(ORDER));
    Guard guard = guard(ORDER);

    Ingested truncated = admit(guard, Arrays.copyOf(order, order.length - 1));
    assertThat(truncated.deadLetter().reason()).isEqualTo(DeadLetterReason.NOT_IN_FORMAT);
    assertThat(truncated.deadLetter().message()).contains("not Avro").contains("ends too early");
    Ingested longer = admit(guard, Arrays.copyOf(order, order.length + 2));
    assertThat(longer.deadLetter().reason()).isEqualTo(DeadLetterReason.TRAILING_DATA);
    assertThat(longer.deadLetter().message()).contains("2 bytes follow");
    assertThat(longer.deadLetter().raw().bytes()).hasSize(order.length + 2);
    assertThat(values(admit(guard, order).row())).containsEntry("order_id", "o1");
  }

  @Test
  void shouldAllocateNoMoreThanARecordHolds() {
    byte[] twoGigabytes = {(byte) 0xfe, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x0f, 'x'};

    Ingested ingested = admit(guard(ORDER), twoGigabytes);

    assertThat(ingested.deadLetter().message())
        .contains("a value of 2147483647 bytes where 1 are left");
  }

  @Test
  void shouldNeverFailWhateverTheBytes() {
    long seed = System.nanoTime();
    System.out.println("AvroFormatTest seed " + seed);
    Random random = new Random(seed);
    Guard guard = guard(NEWER);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = new byte[random.nextInt(40)];
      random.nextBytes(bytes);

      Ingested ingested = admit(guard, bytes);

      assertThat(ingested.isRow() || ingested.isDeadLetter()).isTrue();
    }
  }

  /** Random records of every type, against how Avro itself prints them. */
  @Test
  void shouldReadEveryTypeAsAvroDoes() throws Exception {
    Schema every =
        new Schema.Parser()
            .parse(
                """
                {"type":"record","name":"Every","fields":[
                {"name":"i","type":"int"},{"name":"l","type":"long"},{"name":"d","type":"double"},
                {"name":"b","type":"boolean"},{"name":"s","type":"string"},{"name":"n","type":"null"},
                {"name":"e","type":{"type":"enum","name":"E","symbols":["A","B","C"]}},
                {"name":"a","type":{"type":"array","items":"long"}},
                {"name":"m","type":{"type":"map","values":"int"}},
                {"name":"u","type":["null","string","long"]},
                {"name":"r","type":{"type":"record","name":"R","fields":[{"name":"x","type":"long"}]}}]}
                """);
    ObjectMapper mapper = new ObjectMapper();
    AvroJson json = new AvroJson();
    for (Object datum : new RandomData(every, 500, 7L)) {
      byte[] bytes = write(every, (GenericRecord) datum);

      JsonNode ours = mapper.readTree(json.json(every, bytes, 0));

      assertThat(ours).isEqualTo(mapper.readTree(datum.toString()));
    }
  }

  @Test
  void shouldRefuseASchemaThatIsNoneWithItsFile() {
    assertThatThrownBy(() -> guard("{\"type\":\"strin\"}"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Avro schema orders.avsc cannot be read");
    assertThatThrownBy(() -> guard("\"string\"")).hasMessageContaining("STRING, not a record");
  }

  @Test
  void shouldAskTheRegistryForEachSchemaOnce() throws Exception {
    try (RegistryServer registry = new RegistryServer()) {
      registry.register(7, ORDER.toString());
      registry.register(8, NEWER.toString());
      Guard guard = guard(registry);
      List<Ingested> orders = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        orders.add(admit(guard, wire(7, write(ORDER, order(ORDER)))));
        GenericRecord newer = order(NEWER);
        newer.put("tags", List.of("t" + i));
        orders.add(admit(guard, wire(8, write(NEWER, newer))));
      }

      assertThat(orders).allMatch(Ingested::isRow);
      assertThat(values(orders.get(5).row())).containsEntry("+tags", "[\"t2\"]");
      assertThat(registry.requests()).containsExactly("/schemas/ids/7", "/schemas/ids/8");
    }
  }

  @Test
  void shouldPutAsideWhatTheRegistryDoesNotKnow() throws Exception {
    try (RegistryServer registry = new RegistryServer()) {
      registry.register(9, "{}", "PROTOBUF");
      Guard guard = guard(registry);

      Ingested unknown = admit(guard, wire(5, new byte[0]));
      Ingested again = admit(guard, wire(5, new byte[0]));
      Ingested protobuf = admit(guard, wire(9, new byte[0]));
      Ingested json = admit(guard, "{\"order_id\":1}".getBytes());

      assertThat(unknown.deadLetter().reason()).isEqualTo(DeadLetterReason.UNKNOWN_SCHEMA);
      assertThat(unknown.deadLetter().message()).contains("does not know schema 5");
      assertThat(again.deadLetter().reason()).isEqualTo(DeadLetterReason.UNKNOWN_SCHEMA);
      assertThat(registry.requests()).containsOnlyOnce("/schemas/ids/5");
      assertThat(protobuf.deadLetter().message()).contains("is PROTOBUF, not AVRO");
      assertThat(json.deadLetter().reason()).isEqualTo(DeadLetterReason.NOT_IN_FORMAT);
    }
  }

  @Test
  void shouldWaitForARegistryAndThenNameIt() throws Exception {
    try (RegistryServer registry = new RegistryServer()) {
      registry.register(7, ORDER.toString());
      registry.failNext(2);
      SchemaRegistry patient = registry(registry, java.time.Duration.ofSeconds(20));
      assertThat(patient.schema(7)).isEqualTo(ORDER);

      registry.failNext(1_000);
      SchemaRegistry impatient = registry(registry, java.time.Duration.ofMillis(50));
      assertThatThrownBy(() -> impatient.schema(7))
          .isInstanceOf(OutageException.class)
          .hasMessageContaining(registry.url())
          .hasMessageContaining("status 503");
    }
  }

  @Test
  void shouldReadSchemasThatReferToOthers() throws Exception {
    try (RegistryServer registry = new RegistryServer()) {
      registry.subject(
          "money",
          1,
          "{\"type\":\"record\",\"name\":\"Money\",\"fields\":[{\"name\":\"cents\",\"type\":\"long\"}]}");
      registry.registerWithReference(
          3,
          "{\"type\":\"record\",\"name\":\"Bill\",\"fields\":[{\"name\":\"sum\",\"type\":\"Money\"}]}",
          "Money",
          "money",
          1);

      Schema bill = registry(registry, java.time.Duration.ofSeconds(1)).schema(3);

      assertThat(bill.getField("sum").schema().getName()).isEqualTo("Money");
    }
  }

  private static SchemaRegistry registry(RegistryServer server, java.time.Duration patience) {
    return new SchemaRegistry(
        new FormatOptions.Registry(server.url(), "", new Secret("")), patience, System::nanoTime);
  }

  private static Guard guard(RegistryServer registry) {
    return FormatFixture.guard(
        FormatFixture.orders(
            Format.AVRO_CONFLUENT,
            new FormatOptions.Registry(registry.url() + "/", "reader", new Secret("s3cret"))));
  }

  private static Guard guard(Schema schema) {
    return guard(schema.toString());
  }

  private static Guard guard(String schema) {
    return FormatFixture.guard(
        FormatFixture.orders(Format.AVRO, new FormatOptions.Avro(schema, "orders.avsc")));
  }

  private static Schema schema(String fields) {
    return new Schema.Parser()
        .parse("{\"type\":\"record\",\"name\":\"Order\",\"fields\":[" + fields + "]}");
  }

  private static GenericRecord order(Schema schema) {
    GenericRecord order = new GenericData.Record(schema);
    order.put("order_id", "o1");
    order.put("amount", 3);
    order.put(
        "price",
        new Conversions.DecimalConversion()
            .toBytes(
                new BigDecimal("12.50"),
                null,
                schema.getField("price").schema().getTypes().get(1).getLogicalType()));
    order.put("paid", true);
    order.put("at", Instant.parse(FormatFixture.AT).toEpochMilli());
    return order;
  }

  private static byte[] write(Schema schema, GenericRecord record) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
    new GenericDatumWriter<GenericRecord>(schema).write(record, encoder);
    encoder.flush();
    return out.toByteArray();
  }

  private static byte[] wire(int id, byte[] avro) {
    return ByteBuffer.allocate(5 + avro.length).put((byte) 0).putInt(id).put(avro).array();
  }
}
