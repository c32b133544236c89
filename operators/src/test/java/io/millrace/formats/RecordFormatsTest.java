package io.millrace.formats;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.TimestampProto;
import io.millrace.ingest.Guard;
import io.millrace.ingest.RecordFormat;
import io.millrace.pipeline.FormatOptions;
import io.millrace.pipeline.KafkaOrigin.Format;
import io.millrace.pipeline.Secret;
import io.millrace.pipeline.Source;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RecordFormatsTest {

  private static final Map<Format, FormatOptions> OPTIONS =
      Map.of(
          Format.JSON, FormatOptions.NONE,
          Format.DEBEZIUM_JSON, FormatOptions.NONE,
          Format.AVRO,
              new FormatOptions.Avro(
                  "{\"type\":\"record\",\"name\":\"Order\",\"fields\":[]}", "order.avsc"),
          Format.AVRO_CONFLUENT,
              new FormatOptions.Registry("http://localhost:8081", "me", new Secret("s3cret")),
          Format.PROTOBUF,
              new FormatOptions.Protobuf(
                  FileDescriptorSet.newBuilder()
                      .addFile(TimestampProto.getDescriptor().toProto())
                      .build()
                      .toByteArray(),
                  "google.protobuf.Timestamp",
                  "order.desc"),
          Format.CSV, new FormatOptions.Csv(List.of("a"), ',', '"', ""));

  /** Jobs are sent to a cluster with what their operators hold. */
  @ParameterizedTest
  @EnumSource(Format.class)
  void shouldTravelWithTheJob(Format format) throws Exception {
    Source source = FormatFixture.orders(format, OPTIONS.get(format));

    RecordFormat copy = InstantiationUtil.clone(RecordFormats.of(source));

    assertThat(copy.guard(Guard.Settings.of(source), () -> 0)).isNotNull();
    if (format == Format.AVRO_CONFLUENT) {
      assertThat(InstantiationUtil.clone(new RegistryWatch<>(source))).isNotNull();
    }
    assertThat(Stream.of(OPTIONS.get(format).toString())).noneMatch(it -> it.contains("s3cret"));
  }
}
