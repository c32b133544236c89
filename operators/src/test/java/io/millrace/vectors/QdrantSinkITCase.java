package io.millrace.vectors;

import static io.millrace.vectors.PlaneCollection.gone;
import static io.millrace.vectors.PlaneCollection.plane;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.pipeline.DuplicatesSpec;
import io.millrace.pipeline.Secret;
import io.millrace.records.DeadLetter;
import io.millrace.records.DeadLetterReason;
import io.millrace.records.EmbeddedRow;
import io.millrace.testkit.Deadline;
import io.millrace.testkit.Ports;
import io.millrace.testkit.QdrantServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.streaming.runtime.tasks.TestProcessingTimeService;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QdrantSinkITCase {

  @TempDir static Path dir;
  private static QdrantServer qdrant;

  @BeforeAll
  static void start() {
    qdrant = QdrantServer.start(dir.resolve("qdrant"));
  }

  @AfterAll
  static void stop() {
    qdrant.close();
  }

  @Test
  void shouldKeepTheNewestOfEachPointInWhateverOrderAndHoweverOftenChangesCome() throws Exception {
    long seed = 20261120;
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    List<EmbeddedRow> changes = new ArrayList<>();
    Map<Integer, EmbeddedRow> last = new HashMap<>();
    for (int version = 1; version <= 600; version++) {
      int number = random.nextInt(60);
      EmbeddedRow change =
          random.nextInt(5) == 0
              ? gone(number, version)
              : plane(number, version, version, random.nextFloat() + 0.1f, 1, 0, 0);
      changes.add(change);
      last.put(number, change);
    }
    PlaneCollection inOrder = PlaneCollection.at(qdrant, "in_order", 64);
    inOrder.write(changes.toArray(EmbeddedRow[]::new));
    PlaneCollection disordered = PlaneCollection.at(qdrant, "disordered", 16);
    for (int round = 0; round < 3; round++) {
      Collections.shuffle(changes, random);
      disordered.write(changes.toArray(EmbeddedRow[]::new));
    }
    long alive = last.values().stream().filter(row -> !row.isDelete()).count();
    assertThat(inOrder.points()).hasSize((int) alive);
    assertThat(disordered.points()).isEqualTo(inOrder.points());
  }

  @Test
  void shouldNotRaiseTheDeadWhenAnUpsertComesLate() throws Exception {
    PlaneCollection planes = PlaneCollection.at(qdrant, "late", 2);
    planes.write(gone(1, 20));
    planes.write(plane(1, 10, 150, 1, 0, 0, 0), plane(2, 10, 100, 1, 0, 0, 0));
    assertThat(planes.points()).containsOnlyKeys("{\"tailnum\":\"N2\"}");
    planes.write(plane(1, 30, 150, 1, 0, 0, 0));
    assertThat(planes.points()).hasSize(2);
    planes.write(gone(1, 25));
    assertThat(planes.points()).hasSize(2);
  }

  @Test
  void shouldForgetDeletesWhenTheirTimeIsOver() throws Exception {
    PlaneCollection planes =
        PlaneCollection.at(qdrant, "forgetting", 8).keepingDeletes(Duration.ofDays(1));
    TestProcessingTimeService time = new TestProcessingTimeService();
    time.setCurrentTime(1_000);
    try (PlaneCollection.Writer writer = planes.writer(time)) {
      writer.write(plane(1, 10, 100, 1, 0, 0, 0), gone(2, 20));
      writer.flush();
      time.setCurrentTime(1_000 + Duration.ofHours(23).toMillis());
      writer.write(gone(3, 20), plane(2, 10, 100, 1, 0, 0, 0));
      writer.flush();
      assertThat(planes.points()).containsOnlyKeys("{\"tailnum\":\"N1\"}");
      time.setCurrentTime(1_001 + Duration.ofDays(1).toMillis());
      writer.flush();
      writer.write(plane(2, 10, 100, 1, 0, 0, 0), plane(3, 10, 100, 1, 0, 0, 0));
      writer.flush();
    }
    assertThat(planes.points()).containsOnlyKeys("{\"tailnum\":\"N1\"}", "{\"tailnum\":\"N2\"}");
  }

  @Test
  void shouldWaitForQdrantWhenItIsKilled() throws Exception {
    try (QdrantServer mortal = QdrantServer.start(dir.resolve("mortal"))) {
      PlaneCollection planes = PlaneCollection.at(mortal, "planes", 8);
      try (PlaneCollection.Writer writer = planes.writer()) {
        for (int number = 0; number < 50; number++) {
          writer.write(plane(number, 1, number, 1, 0, 0, 0));
        }
        writer.flush();
        mortal.kill();
        for (int number = 25; number < 75; number++) {
          if (number == 40) {
            mortal.start();
          }
          // Batches under way are full by then, so the writer is waiting for the server.
          writer.write(plane(number, 2, number, 0, 1, 0, 0));
          if (number == 32) {
            assertThat(mortal.isRunning()).isFalse();
          }
        }
        writer.flush();
        assertThat(writer.refused()).isEmpty();
      }
      assertThat(planes.points()).hasSize(75);
      assertThat(planes.points().get("{\"tailnum\":\"N30\"}")).startsWith("2 30 ");
    }
  }

  @Test
  void shouldNameTheAddressAndTheSettingWhenPatienceEnds() throws Exception {
    int nobody = Ports.free();
    PlaneCollection planes =
        PlaneCollection.at(
            "http://127.0.0.1:" + nobody, Optional.empty(), "planes", 8, Duration.ofMillis(300));
    assertThatThrownBy(() -> planes.write(plane(1, 1, 1, 1, 0, 0, 0)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("Qdrant at 127.0.0.1:" + nobody)
        .hasMessageContaining("embeddings.plane_vectors.qdrant.patience");
  }

  @Test
  void shouldRefuseACollectionOfAnotherModelOrDimension() throws Exception {
    PlaneCollection planes = PlaneCollection.at(qdrant, "taken", 8);
    planes.write(plane(1, 1, 1, 1, 0, 0, 0));
    assertThatThrownBy(() -> planes.write(plane(2, 1, 1, 1, 0)))
        .hasMessageContaining("collection 'taken' has vectors of 4 dimensions")
        .hasMessageContaining("embeddings.plane_vectors.qdrant.collection");
    EmbeddedRow other = plane(2, 1, 1, 1, 0, 0, 0);
    EmbeddedRow ofOtherModel =
        new EmbeddedRow(
            other.kind(),
            other.pointId(),
            other.key(),
            other.tenant(),
            0,
            "another-model",
            other.contentHash(),
            1,
            other.text(),
            other.vector(),
            other.payload());
    assertThatThrownBy(() -> planes.write(ofOtherModel))
        .hasMessageContaining("model " + PlaneCollection.MODEL)
        .hasMessageContaining("another-model");
  }

  @Test
  void shouldPutAsideOnlyThePointThatQdrantRefuses() throws Exception {
    PlaneCollection planes = PlaneCollection.at(qdrant, "refusing", 4);
    try (PlaneCollection.Writer writer = planes.writer()) {
      writer.write(
          plane(1, 1, 1, 1, 0, 0, 0),
          plane(2, 1, 1, 1, 0),
          plane(3, 1, 1, 1, 0, 0, 0),
          plane(4, 1, 1, 1, 0, 0, 0));
      writer.flush();
      assertThat(writer.refused()).singleElement().asString().contains("N2").contains("dimension");
    }
    assertThat(planes.points()).hasSize(3);
  }

  @Test
  void shouldEmitALetterOfARefusedPointBeforeTheCheckpointsBarrier() throws Exception {
    PlaneCollection planes = PlaneCollection.at(qdrant, "letters", 64);
    PointLetters letters =
        new PointLetters("planes", "public.planes", "planes", "1.0.0", "plane_vectors");
    try (OneInputStreamOperatorTestHarness<EmbeddedRow, DeadLetter> harness =
        new OneInputStreamOperatorTestHarness<>(
            new QdrantOperator(new QdrantSink(planes.spec(), planes.schema()), letters))) {
      harness.open();
      harness.processElement(plane(1, 1_000, 100, 1, 0, 0, 0), 1);
      harness.processElement(plane(2, 2_000, 100, 1, 0), 2);
      assertThat(harness.extractOutputValues()).isEmpty();

      harness.prepareSnapshotPreBarrier(1);

      assertThat(planes.points()).containsOnlyKeys("{\"tailnum\":\"N1\"}");
      assertThat(harness.extractOutputValues())
          .singleElement()
          .satisfies(
              letter -> {
                assertThat(letter.reason()).isEqualTo(DeadLetterReason.REFUSED_BY_STORE);
                assertThat(letter.source()).isEqualTo("planes");
                assertThat(letter.toString()).contains("N2").contains("dimension");
              });
    }
  }

  @Test
  void shouldTellWhatQdrantHasTaken() throws Exception {
    PlaneCollection planes = PlaneCollection.at(qdrant, "acknowledged", 4);
    planes.write(gone(4, 9));
    try (PlaneCollection.Writer writer = planes.writer()) {
      writer.write(
          plane(1, 1, 1, 1, 0, 0, 0),
          plane(1, 2, 2, 1, 0, 0, 0),
          plane(2, 1, 1, 1, 0),
          plane(3, 1, 1, 1, 0, 0, 0),
          plane(4, 1, 1, 1, 0, 0, 0),
          gone(5, 1));
      writer.flush();

      // Not the older of two changes, nor what is refused, nor what was deleted since.
      assertThat(writer.acknowledged())
          .extracting(row -> row.key() + " " + row.version())
          .containsExactlyInAnyOrder(
              "{\"tailnum\":\"N1\"} 2", "{\"tailnum\":\"N3\"} 1", "{\"tailnum\":\"N5\"} 1");
    }
  }

  @Test
  void shouldHandOnAcknowledgedRowsSoon() throws Exception {
    PlaneCollection planes = PlaneCollection.at(qdrant, "soon", 64);
    QdrantSink sink = new QdrantSink(planes.spec(), planes.schema());
    PointLetters letters =
        new PointLetters("planes", "public.planes", "planes", "1.0.0", "plane_vectors");
    try (OneInputStreamOperatorTestHarness<EmbeddedRow, DeadLetter> harness =
        new OneInputStreamOperatorTestHarness<>(new QdrantOperator(sink, letters))) {
      harness.open();
      harness.setProcessingTime(1_000);
      harness.processElement(plane(1, 1_000, 100, 1, 0, 0, 0), 1);
      Deadline.await(
          Duration.ofSeconds(20),
          "the row to be told without a checkpoint",
          () -> {
            harness.setProcessingTime(harness.getProcessingTime() + 100);
            return harness.getSideOutput(sink.acknowledged()) != null;
          });
      assertThat(harness.getSideOutput(sink.acknowledged()))
          .singleElement()
          .satisfies(record -> assertThat(record.getValue().key()).contains("N1"));
      assertThat(planes.points()).hasSize(1);
    }
  }

  @Test
  void shouldBuildTheIndexThatABulkLoadPutOff() throws Exception {
    PlaneCollection planes = PlaneCollection.at(qdrant, "bulk", 8);
    PlaneCollection load = planes.inBulk();
    try (PlaneCollection.Writer writer = load.writer()) {
      writer.write(plane(1, 1, 1, 1, 0, 0, 0));
      writer.flush();
      assertThat(planes.links()).isZero();
      writer.sink().flush(true);
      assertThat(planes.links()).isEqualTo(16);
    }
    load.write(plane(2, 1, 1, 1, 0, 0, 0));
    assertThat(planes.links()).isZero();
    planes.write(plane(3, 1, 1, 1, 0, 0, 0));
    assertThat(planes.links()).isEqualTo(16);
  }

  @Test
  void shouldFindTheNearestOfOneTenantOnly() throws Exception {
    PlaneCollection planes = PlaneCollection.at(qdrant, "searched", 8);
    planes.write(
        plane(1, 1, 100, 1, 0, 0, 0),
        plane(2, 1, 150, 1, 0, 0, 0),
        plane(3, 1, 150, 0, 1, 0, 0),
        plane(5, 1, 100, 0.9f, 0.1f, 0, 0));
    try (VectorSearch search =
        VectorSearch.of(
            new OneVector(PlaneCollection.MODEL, 1, 0, 0, 0), planes.spec(), planes.schema())) {
      Optional<String> tenant = Optional.of("owner-1");
      assertThat(search.search(new VectorQuery("plane", tenant, Map.of(), 2)))
          .extracting(point -> point.payload().get("seats") + point.key())
          .containsExactly("100{\"tailnum\":\"N1\"}", "100{\"tailnum\":\"N5\"}");
      assertThat(search.search(new VectorQuery("plane", tenant, Map.of("seats", "150"), 9)))
          .singleElement()
          .satisfies(point -> assertThat(point.key()).contains("N3"))
          .satisfies(point -> assertThat(point.score()).isLessThan(0.1));
      assertThat(search.search(new VectorQuery("plane", tenant, Map.of("owner", "owner-0"), 9)))
          .isEmpty();
      assertThatThrownBy(
              () -> search.search(new VectorQuery("plane", Optional.empty(), Map.of(), 9)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("owner");
      assertThatThrownBy(
              () -> search.search(new VectorQuery("plane", tenant, Map.of("seats", "many"), 9)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("filter by seats: \"many\"");
      assertThatThrownBy(
              () -> search.search(new VectorQuery("plane", tenant, Map.of("wings", "2"), 9)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("manufacturer, seats");
    }
    try (VectorSearch other =
        VectorSearch.of(
            new OneVector("another-model", 1, 0, 0, 0), planes.spec(), planes.schema())) {
      assertThatThrownBy(
              () -> other.search(new VectorQuery("plane", Optional.of("owner-1"), Map.of(), 9)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("another-model");
    }
  }

  @Test
  void shouldSayThatTheKeyIsWrong() {
    try (QdrantServer locked =
        QdrantServer.start(dir.resolve("locked"), Ports.free(), Ports.free(), "s3cret")) {
      PlaneCollection wrong =
          PlaneCollection.at(
              locked.url(), Optional.of(new Secret("guess")), "p", 8, Duration.ofSeconds(5));
      assertThatThrownBy(() -> wrong.write(plane(1, 1, 1, 1, 0, 0, 0)))
          .hasMessageContaining("qdrant.api_key")
          .hasMessageNotContaining("guess");
    }
  }

  @Test
  void shouldFindNeighboursOfTheSameTenantButNeverTheRowItself() throws Exception {
    PlaneCollection planes = PlaneCollection.at(qdrant, "neighbours", 8);
    EmbeddedRow third = plane(3, 7, 100, 1, 0, 0, 0);
    planes.write(
        plane(1, 5, 100, 0.8f, 0.6f, 0, 0),
        third,
        plane(2, 1, 100, 1, 0, 0, 0),
        plane(5, 1, 100, 0.9f, 0.1f, 0, 0),
        plane(7, 1, 100, 0, 1, 0, 0));
    NeighbourSettings settings =
        NeighbourSettings.of(
            planes.spec(), planes.schema(), new DuplicatesSpec.Neighbours(2, 0.75, true), true);
    try (NeighbourSearch search = settings.open()) {
      assertThat(search.of(third))
          .containsExactly(
              new Neighbour(pointId(5), 1, "hash-100", 0.9939),
              new Neighbour(pointId(1), 5, "hash-100", 0.8));
    }
  }

  @Test
  void shouldMarkOnlyTheVersionThatIsMeant() throws Exception {
    PlaneCollection planes = PlaneCollection.at(qdrant, "marked", 8);
    planes.write(plane(1, 5, 100, 1, 0, 0, 0), plane(2, 6, 150, 1, 0, 0, 0));
    SinkWriter<DuplicateMark> marks =
        new DuplicateMarks(planes.spec(), planes.schema())
            .createWriter(new TestProcessingTimeService());
    marks.write(new DuplicateMark(pointId(1), 5, "{\"tailnum\":\"N9\"}"), null);
    marks.write(new DuplicateMark(pointId(2), 5, "{\"tailnum\":\"N9\"}"), null);
    marks.write(new DuplicateMark(pointId(3), 5, "{\"tailnum\":\"N9\"}"), null);
    marks.flush(false);
    assertThat(planes.marks()).containsExactly("{\"tailnum\":\"N1\"} is {\"tailnum\":\"N9\"}");
    assertThat(planes.points()).hasSize(2);

    // A mark leaves the version, so that changes go on as before, and a new version has none.
    marks.write(new DuplicateMark(pointId(2), 6, "{\"tailnum\":\"N9\"}"), null);
    marks.write(new DuplicateMark(pointId(2), 6, ""), null);
    marks.flush(false);
    planes.write(plane(1, 4, 120, 1, 0, 0, 0));
    assertThat(planes.marks()).hasSize(1);
    assertThat(planes.points().get("{\"tailnum\":\"N1\"}")).startsWith("5 100 ");
    planes.write(plane(1, 6, 120, 1, 0, 0, 0));
    assertThat(planes.marks()).isEmpty();
    marks.close();
  }

  private static String pointId(int number) {
    return plane(number, 1, 1, 1).pointId().toString();
  }
}
