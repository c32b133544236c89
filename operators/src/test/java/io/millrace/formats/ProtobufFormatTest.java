package io.millrace.formats;

import static io.millrace.formats.FormatFixture.admit;
import static io.millrace.formats.FormatFixture.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Label;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Type;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Timestamp;
import com.google.protobuf.TimestampProto;
import io.millrace.ingest.Guard;
import io.millrace.ingest.Ingested;
import io.millrace.pipeline.FormatOptions;
import io.millrace.pipeline.KafkaOrigin.Format;
import io.millrace.records.DeadLetterReason;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Bytes are written by Protobuf's own library. */
class ProtobufFormatTest {

  private static final FileDescriptorSet DESCRIPTORS = descriptors(false);
  private static final FileDescriptorSet NEWER = descriptors(true);
  private static final Map<FileDescriptorSet, Descriptor> TYPES =
      Map.of(DESCRIPTORS, type(DESCRIPTORS), NEWER, type(NEWER));

  @Test
  void shouldReadMessagesByTheirDescriptor() {
    Ingested order = admit(guard(DESCRIPTORS), order(DESCRIPTORS).build().toByteArray());

    assertThat(values(order.row()))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "order_id", "o1",
                "amount", "3",
                "price", "12.50",
                "at", "2013-01-01T10:15:00.123"));
  }

  @Test
  void shouldTakeTheDefaultOfAFieldWithoutPresence() {
    DynamicMessage free = order(DESCRIPTORS).clearField(field(DESCRIPTORS, "amount")).build();

    assertThat(values(admit(guard(DESCRIPTORS), free.toByteArray()).row()))
        .containsEntry("amount", "0")
        .doesNotContainKey("paid");
  }

  @Test
  void shouldCarryFieldsAlongThatOnlyANewerDescriptorKnows() {
    DynamicMessage order = order(NEWER).setField(field(NEWER, "coupon"), "SPRING").build();

    Ingested byOld = admit(guard(DESCRIPTORS), order.toByteArray());
    Ingested byNew = admit(guard(NEWER), order.toByteArray());

    assertThat(values(byOld.row())).containsEntry("+field_9", "\"SPRING\"");
    assertThat(values(byNew.row())).containsEntry("+coupon", "\"SPRING\"");
  }

  @Test
  void shouldSayWhenBytesAreNoSuchMessage() {
    byte[] order = order(DESCRIPTORS).build().toByteArray();

    Ingested ingested = admit(guard(DESCRIPTORS), Arrays.copyOf(order, order.length - 1));

    assertThat(ingested.deadLetter().reason()).isEqualTo(DeadLetterReason.NOT_IN_FORMAT);
    assertThat(ingested.deadLetter().message()).contains("not Protobuf: shop.v1.Order");
  }

  @Test
  void shouldNeverFailWhateverTheBytes() {
    long seed = System.nanoTime();
    System.out.println("ProtobufFormatTest seed " + seed);
    Random random = new Random(seed);
    Guard guard = guard(DESCRIPTORS);
    byte[] order = order(DESCRIPTORS).build().toByteArray();
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = order.clone();
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();

      Ingested ingested = admit(guard, bytes);

      assertThat(ingested.isRow() || ingested.isDeadLetter()).isTrue();
    }
  }

  @Test
  void shouldNameTheMessagesOfADescriptorFile() {
    assertThatThrownBy(() -> guard(DESCRIPTORS.toByteArray(), "shop.v1.Ordre"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("orders.desc")
        .hasMessageContaining("no message shop.v1.Ordre")
        .hasMessageContaining("shop.v1.Order");
    assertThatThrownBy(
            () ->
                guard(
                    FileDescriptorSet.newBuilder()
                        .addFile(DESCRIPTORS.getFile(1))
                        .build()
                        .toByteArray(),
                    "shop.v1.Order"))
        .hasMessageContaining("google/protobuf/timestamp.proto is not in it")
        .hasMessageContaining("--include_imports");
  }

  private static Guard guard(FileDescriptorSet descriptors) {
    return guard(descriptors.toByteArray(), "shop.v1.Order");
  }

  private static Guard guard(byte[] descriptors, String message) {
    return FormatFixture.guard(
        FormatFixture.orders(
            Format.PROTOBUF, new FormatOptions.Protobuf(descriptors, message, "orders.desc")));
  }

  private static DynamicMessage.Builder order(FileDescriptorSet descriptors) {
    Instant at = Instant.parse(FormatFixture.AT);
    Timestamp timestamp =
        Timestamp.newBuilder().setSeconds(at.getEpochSecond()).setNanos(at.getNano()).build();
    return DynamicMessage.newBuilder(TYPES.get(descriptors))
        .setField(field(descriptors, "order_id"), "o1")
        .setField(field(descriptors, "amount"), 3)
        .setField(field(descriptors, "price"), "12.50")
        .setField(field(descriptors, "at"), timestamp);
  }

  private static Descriptor type(FileDescriptorSet descriptors) {
    return ProtobufTranscoder.type(
        new FormatOptions.Protobuf(descriptors.toByteArray(), "shop.v1.Order", ""));
  }

  private static com.google.protobuf.Descriptors.FieldDescriptor field(
      FileDescriptorSet descriptors, String name) {
    return TYPES.get(descriptors).findFieldByName(name);
  }

  private static FileDescriptorSet descriptors(boolean newer) {
    DescriptorProto.Builder order =
        DescriptorProto.newBuilder()
            .setName("Order")
            .addField(field("order_id", 1, Type.TYPE_STRING))
            .addField(field("amount", 2, Type.TYPE_INT32))
            .addField(field("price", 3, Type.TYPE_STRING))
            .addField(
                field("paid", 4, Type.TYPE_BOOL).toBuilder()
                    .setProto3Optional(true)
                    .setOneofIndex(0))
            .addOneofDecl(
                com.google.protobuf.DescriptorProtos.OneofDescriptorProto.newBuilder()
                    .setName("_paid"))
            .addField(
                field("at", 5, Type.TYPE_MESSAGE).toBuilder()
                    .setTypeName(".google.protobuf.Timestamp"));
    if (newer) {
      order.addField(field("coupon", 9, Type.TYPE_STRING));
    }
    return FileDescriptorSet.newBuilder()
        .addFile(TimestampProto.getDescriptor().toProto())
        .addFile(
            FileDescriptorProto.newBuilder()
                .setName("order.proto")
                .setPackage("shop.v1")
                .setSyntax("proto3")
                .addDependency("google/protobuf/timestamp.proto")
                .addMessageType(order))
        .build();
  }

  private static FieldDescriptorProto field(String name, int number, Type type) {
    return FieldDescriptorProto.newBuilder()
        .setName(name)
        .setNumber(number)
        .setType(type)
        .setLabel(Label.LABEL_OPTIONAL)
        .build();
  }
}
