package io.millrace.vectors;

import static io.millrace.vectors.PlaneCollection.plane;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.testkit.QdrantServer;
import io.millrace.testkit.ServerCertificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.VarCharType;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QdrantTlsITCase {

  @TempDir static Path dir;
  private static ServerCertificate certificate;
  private static QdrantServer qdrant;

  @BeforeAll
  static void start() {
    certificate = ServerCertificate.selfSigned(dir.resolve("server"));
    qdrant = QdrantServer.startWithTls(dir.resolve("qdrant"), certificate);
  }

  @AfterAll
  static void stop() {
    if (qdrant != null) {
      qdrant.close();
    }
  }

  private static PlaneCollection planes() {
    return PlaneCollection.at(qdrant.url(), Optional.empty(), "planes", 8, Duration.ofSeconds(30));
  }

  @Test
  void shouldWriteAndSearchWithAnAuthorityOfOnesOwn() throws Exception {
    PlaneCollection planes = planes().trusting(certificate.certificate());
    planes.write(plane(1, 1, 100, 1, 0, 0, 0));

    try (VectorSearch search =
        VectorSearch.of(
            new OneVector(PlaneCollection.MODEL, 1, 0, 0, 0), planes.spec(), planes.schema())) {
      assertThat(search.search(new VectorQuery("jet", Optional.of("owner-1"), Map.of(), 3)))
          .hasSize(1);
    }
  }

  @Test
  void shouldReadWhereTheFileOfTheAuthorityIsNot() throws Exception {
    Path authority = Files.copy(certificate.certificate(), dir.resolve("authority.pem"));
    PlaneCollection planes = planes().trusting(authority);
    planes.write(plane(2, 1, 100, 1, 0, 0, 0));
    PointRows rows =
        new PointRows(RowType.of(new LogicalType[] {new VarCharType()}, new String[] {"_key"}), "");
    PointReaderSettings elsewhere =
        InstantiationUtil.clone(PointReaderSettings.of(planes.spec(), rows, List.of()));
    Files.delete(authority);
    try (PointReader reader = elsewhere.open()) {
      assertThat(reader.scan("", 10).rows()).isNotEmpty();
    }
  }

  @Test
  void shouldFailAtOnceAndNameTheSettingWhenNobodyWhoIsTrustedSigned() {
    assertThatThrownBy(() -> planes().write(plane(1, 1, 100, 1, 0, 0, 0)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("Qdrant at 127.0.0.1:" + qdrant.grpcPort())
        .hasMessageContaining("qdrant.ca_file")
        .hasMessageNotContaining("patience");
    Path other = ServerCertificate.selfSigned(dir.resolve("other")).certificate();
    assertThatThrownBy(() -> planes().trusting(other).write(plane(1, 1, 100, 1, 0, 0, 0)))
        .hasMessageContaining("qdrant.ca_file");
  }

  @Test
  void shouldNameAFileThatHoldsNoCertificate() throws Exception {
    Path file = Files.writeString(dir.resolve("empty.pem"), "");
    assertThatThrownBy(() -> planes().trusting(file).writer())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("qdrant.ca_file")
        .hasMessageContaining("empty.pem");
    assertThatThrownBy(() -> planes().trusting(dir.resolve("none.pem")).writer())
        .hasMessageContaining("none.pem");
  }
}
