package io.millrace.formats;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.formats.WriterSchemas.Compatibility;
import io.millrace.pipeline.FormatOptions;
import io.millrace.pipeline.KafkaOrigin.Format;
import io.millrace.pipeline.Secret;
import io.millrace.records.SchemaChange;
import io.millrace.testkit.Deadline;
import java.time.Duration;
import org.apache.avro.Schema;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

class RegistryWatchTest {

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String ID = "{\"name\":\"id\",\"type\":\"string\"}";
  private static final String OPTIONAL_TAG =
      ",{\"name\":\"tag\",\"type\":[\"null\",\"string\"],\"default\":null}";
  private static final String REQUIRED_TAG = ",{\"name\":\"tag\",\"type\":\"string\"}";

  @Test
  void shouldStateTheCompatibilityOfTwoSchemas() {
    assertThat(compatibility(ID, ID + OPTIONAL_TAG)).isEqualTo(Compatibility.FULL);
    assertThat(compatibility(ID, ID + REQUIRED_TAG)).isEqualTo(Compatibility.FORWARD);
    assertThat(compatibility(ID + REQUIRED_TAG, ID)).isEqualTo(Compatibility.BACKWARD);
    assertThat(compatibility(ID, ID.replace("string", "int"))).isEqualTo(Compatibility.NONE);
    assertThat(
            compatibility(
                "{\"name\":\"n\",\"type\":\"int\"}", "{\"name\":\"n\",\"type\":\"long\"}"))
        .isEqualTo(Compatibility.BACKWARD);
  }

  @Test
  void shouldTellOfEachNewVersionOnceAlsoAfterARestore() throws Exception {
    try (RegistryServer registry = new RegistryServer()) {
      registry.versions("orders-value", 1, schema(ID).toString());
      OperatorSubtaskState state;
      try (var harness = harness(registry)) {
        harness.open();
        // The third one begins the second look: what the first one found is known.
        awaitRequests(harness, registry, 3);
        registry.versions("orders-value", 2, schema(ID + REQUIRED_TAG).toString());
        awaitChanges(harness, 1);
        state = harness.snapshot(1, 1);

        SchemaChange change = harness.extractOutputValues().get(0);
        assertThat(change.kind()).isEqualTo(SchemaChange.Kind.PRODUCER_SCHEMA);
        assertThat(change.before()).isEqualTo("orders-value version 1");
        assertThat(change.after()).isEqualTo("orders-value version 2");
        assertThat(change.reasons()).startsWith("FORWARD", "new field tag: string");
        assertThat(change.reasons()).anyMatch(reason -> reason.startsWith("not BACKWARD: "));
      }
      // Registered while the job was down.
      registry.versions("orders-value", 3, schema(ID + OPTIONAL_TAG).toString());
      try (var harness = harness(registry)) {
        harness.initializeState(state);
        harness.open();
        awaitChanges(harness, 1);

        assertThat(harness.extractOutputValues().get(0).after())
            .isEqualTo("orders-value version 3");
      }
    }
  }

  @Test
  void shouldAskAgainWhenTheRegistryWasAway() throws Exception {
    try (RegistryServer registry = new RegistryServer()) {
      registry.versions("orders-value", 1, schema(ID).toString());
      registry.failNext(2);
      try (var harness = harness(registry)) {
        harness.open();
        awaitRequests(harness, registry, 5);
        registry.versions("orders-value", 2, schema(ID + OPTIONAL_TAG).toString());
        awaitChanges(harness, 1);

        assertThat(harness.extractOutputValues().get(0).reasons()).startsWith("FULL");
      }
    }
  }

  private static void awaitChanges(
      OneInputStreamOperatorTestHarness<Integer, SchemaChange> harness, int count) {
    Deadline.await(
        PATIENCE,
        count + " changes",
        () -> {
          advance(harness);
          return harness.extractOutputValues().size() >= count;
        });
  }

  private static void awaitRequests(
      OneInputStreamOperatorTestHarness<Integer, SchemaChange> harness,
      RegistryServer registry,
      int count) {
    Deadline.await(
        PATIENCE,
        count + " requests",
        () -> {
          advance(harness);
          return registry.requests().size() >= count;
        });
  }

  private static void advance(OneInputStreamOperatorTestHarness<Integer, SchemaChange> harness) {
    try {
      harness.setProcessingTime(harness.getProcessingTime() + RegistryWatch.EVERY.toMillis() / 10);
    } catch (Exception failure) {
      throw new IllegalStateException(failure);
    }
  }

  private static OneInputStreamOperatorTestHarness<Integer, SchemaChange> harness(
      RegistryServer registry) throws Exception {
    return new OneInputStreamOperatorTestHarness<>(
        new RegistryWatch<>(
            FormatFixture.orders(
                Format.AVRO_CONFLUENT,
                new FormatOptions.Registry(registry.url(), "", new Secret("")))));
  }

  private static Compatibility compatibility(String older, String newer) {
    return WriterSchemas.compatibility(schema(older), schema(newer));
  }

  private static Schema schema(String fields) {
    return new Schema.Parser()
        .parse("{\"type\":\"record\",\"name\":\"Order\",\"fields\":[" + fields + "]}");
  }
}
