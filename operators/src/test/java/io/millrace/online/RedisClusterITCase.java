package io.millrace.online;

import static io.millrace.online.CarrierView.NEW_YEAR;
import static io.millrace.online.CarrierView.deleted;
import static io.millrace.online.CarrierView.vector;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.pipeline.FeatureViewSpec.Layout;
import io.millrace.pipeline.FeatureViewSpec.Online;
import io.millrace.pipeline.OnlineStore;
import io.millrace.pipeline.Secret;
import io.millrace.testkit.Deadline;
import io.millrace.testkit.Ports;
import io.millrace.testkit.RedisServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.args.ClusterResetType;
import redis.clients.jedis.params.MigrateParams;
import redis.clients.jedis.util.JedisClusterCRC16;

/** Three nodes, each with a third of the slots. */
class RedisClusterITCase {

  private static final int NODES = 3;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir static Path dir;
  private static final List<RedisServer> SERVERS = new ArrayList<>();
  private static final List<Jedis> CLIENTS = new ArrayList<>();

  @BeforeAll
  static void startACluster() {
    for (int node = 0; node < NODES; node++) {
      RedisServer server =
          RedisServer.start(
              dir.resolve("node" + node),
              portWithABus(),
              true,
              "--cluster-enabled",
              "yes",
              "--cluster-node-timeout",
              "5000");
      SERVERS.add(server);
      Jedis client = new Jedis("127.0.0.1", server.port());
      CLIENTS.add(client);
      client.clusterReset(ClusterResetType.HARD);
      int from = Protocol.CLUSTER_HASHSLOTS * node / NODES;
      int to = Protocol.CLUSTER_HASHSLOTS * (node + 1) / NODES;
      client.clusterAddSlots(IntStream.range(from, to).toArray());
      CLIENTS.get(0).clusterMeet("127.0.0.1", server.port());
    }
    Deadline.await(
        PATIENCE,
        "the nodes to agree",
        () ->
            CLIENTS.stream()
                .allMatch(
                    client ->
                        client.clusterInfo().contains("cluster_state:ok")
                            && client
                                .clusterInfo()
                                .contains("cluster_slots_ok:" + Protocol.CLUSTER_HASHSLOTS)));
  }

  /** The nodes talk to each other 10,000 ports above. */
  private static int portWithABus() {
    int port;
    do {
      port = Ports.free();
    } while (port > 55_000 || !Ports.isFree(port + 10_000));
    return port;
  }

  @AfterAll
  static void stopTheCluster() {
    CLIENTS.forEach(Jedis::close);
    SERVERS.forEach(RedisServer::kill);
  }

  private static Store store(Layout layout) {
    return new Store(
        new OnlineStore(new Secret(SERVERS.get(0).uri()), true, PATIENCE),
        CarrierView.SCHEMA,
        new Online(Optional.empty(), layout, "flights"));
  }

  @ParameterizedTest
  @EnumSource(Layout.class)
  void shouldWriteToAllNodesAndReadFromThem(Layout layout) throws Exception {
    CLIENTS.forEach(Jedis::flushAll);
    Store store = store(layout);
    List<List<Object>> entities = new ArrayList<>();
    try (Store.Writer writer = store.writer(70)) {
      for (int revision = 1; revision <= 3; revision++) {
        for (int i = 0; i < 300; i++) {
          writer.write(vector("C" + i, (long) i, 0.5, NEW_YEAR, revision));
        }
      }
      writer.write(deleted("C299", NEW_YEAR, 4));
      writer.flush();
    }
    for (int i = 0; i < 300; i++) {
      entities.add(List.of("C" + i));
    }
    List<Optional<StoredFeatures>> found = store.readAll(entities);
    for (int i = 0; i < 299; i++) {
      assertThat(found.get(i).orElseThrow().values().get("departures_1h")).isEqualTo((long) i);
      assertThat(found.get(i).orElseThrow().revision()).isEqualTo(3);
    }
    assertThat(found.get(299)).isEmpty();
    assertThat(CLIENTS).allSatisfy(client -> assertThat(client.dbSize()).isGreaterThan(50));
  }

  @Test
  void shouldFollowASlotThatMovesToAnotherNode() throws Exception {
    CLIENTS.forEach(Jedis::flushAll);
    Store store = store(Layout.HASH);
    byte[] key = "millrace:flights:carrier_delay:UA".getBytes(StandardCharsets.UTF_8);
    int slot = JedisClusterCRC16.getSlot(key);
    int owner = slot * NODES / Protocol.CLUSTER_HASHSLOTS;
    Jedis from = CLIENTS.get(owner);
    int next = (owner + 1) % NODES;
    Jedis to = CLIENTS.get(next);
    try (Store.Writer writer = store.writer()) {
      writer.write(vector("UA", 1L, 1.0, NEW_YEAR, 1));
      writer.flush();

      to.clusterSetSlotImporting(slot, from.clusterMyId());
      from.clusterSetSlotMigrating(slot, to.clusterMyId());
      from.migrate("127.0.0.1", SERVERS.get(next).port(), 5000, new MigrateParams(), key);
      for (int i = 0; i < 100; i++) {
        writer.write(vector("C" + i, 1L, 1.0, NEW_YEAR, 1));
        if (i == 50) {
          writer.write(vector("UA", 2L, 1.0, NEW_YEAR, 2));
        }
      }
      writer.flush();
      assertThat(from.clusterCountKeysInSlot(slot)).as("where it moves from").isZero();
      assertThat(to.clusterCountKeysInSlot(slot)).isEqualTo(1);
      assertThat(writer.metrics().retries.getCount()).isZero();
      assertThat(store.readAll(List.of(List.of("C7"), List.of("UA"), List.of("C8"))))
          .extracting(found -> found.orElseThrow().revision())
          .containsExactly(1L, 2L, 1L);

      to.clusterSetSlotNode(slot, to.clusterMyId());
      from.clusterSetSlotNode(slot, to.clusterMyId());
      writer.write(vector("UA", 3L, 1.0, NEW_YEAR, 3));
      writer.flush();
    }
    StoredFeatures stored = store.read("UA").orElseThrow();
    assertThat(stored.revision()).isEqualTo(3);
    assertThat(to.exists(key)).isTrue();
  }

  @Test
  void shouldGoOnWhenANodeIsKilledAndComesBack() throws Exception {
    CLIENTS.forEach(Jedis::flushAll);
    Store store = store(Layout.FEAST);
    int keys = 90;
    try (Store.Writer writer = store.writer(20)) {
      for (int revision = 1; revision <= 4; revision++) {
        for (int i = 0; i < keys; i++) {
          writer.write(vector("C" + i, (long) i, 0.5, NEW_YEAR, revision));
        }
        if (revision == 2) {
          SERVERS.get(0).kill();
          SERVERS.get(0).start();
        }
      }
      writer.flush();
      assertThat(writer.metrics().retries.getCount()).isPositive();
    }
    CLIENTS.get(0).close();
    CLIENTS.set(0, new Jedis("127.0.0.1", SERVERS.get(0).port()));
    for (int i = 0; i < keys; i++) {
      assertThat(store.read("C" + i).orElseThrow().revision()).isEqualTo(4);
    }
  }

  @Test
  void shouldSayWhenTheAddressIsTakenForASingleServer() {
    Store wrong = Store.at(SERVERS.get(0).uri(), CarrierView.SCHEMA, CarrierView.hash());
    Store impatient =
        new Store(
            CarrierView.store(wrong.redis().redis().value(), Duration.ofMillis(200)),
            wrong.schema(),
            wrong.online());
    assertThatThrownBy(
            () ->
                impatient.write(
                    vector("A", 1L, 1.0, NEW_YEAR, 1),
                    vector("B", 1L, 1.0, NEW_YEAR, 1),
                    vector("C", 1L, 1.0, NEW_YEAR, 1)))
        .hasMessageContaining("online_store.cluster");
  }
}
