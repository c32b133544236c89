package io.millrace.quickstart;

import io.millrace.testkit.Departure;
import io.millrace.testkit.FlightData;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Sends the year's flights to Kafka in order of departure, keyed by flight.
 *
 * <p>Sent idempotently with all acknowledgements: each flight is in its topic once, whatever
 * happens to the broker meanwhile.
 */
public final class FlightProducer implements AutoCloseable {

  /** Records that no contract of flights allows, each broken in its own way. */
  private static final List<byte[]> BROKEN =
      List.of(
          utf8("this is not JSON"),
          utf8("{\"flight_id\":\"ZZ1-JFK-20130101T0000\",\"carrier\":\"ZZ\""),
          utf8(
              """
              {"flight_id":"ZZ2-JFK-20130101T0000","carrier":"ZZ","flight":"two","origin":"JFK",\
              "dest":"LAX","scheduled_at":"2013-01-01T00:00:00Z",\
              "departed_at":"2013-01-01T00:00:00Z","distance_miles":2475,"cancelled":false}"""),
          utf8("{\"carrier\":\"ZZ\",\"cancelled\":false}"),
          utf8(
              """
              {"flight_id":"ZZ3-JFK-20130101T0000","carrier":"ZZ","flight":99999999999999999999,\
              "origin":"JFK","dest":"LAX","scheduled_at":"2013-01-01T00:00:00Z",\
              "departed_at":"2013-01-01T00:00:00Z","distance_miles":2475,"cancelled":false}"""),
          utf8(
              """
              {"flight_id":"ZZ4-JFK-20130101T0000","carrier":"ZZ","flight":4,"origin":"JFK",\
              "dest":"LAX","scheduled_at":"2013-01-01T00:00:00Z","departed_at":"noon",\
              "distance_miles":2475,"cancelled":false}"""),
          new byte[] {
            '{', '"', 'c', 'a', 'r', 'r', 'i', 'e', 'r', '"', ':', '"', (byte) 0xc3, '"', '}'
          },
          utf8("{\"carrier\":\"ZZ\",\"deep\":" + "[".repeat(200) + "]".repeat(200) + "}"));

  private static final long HELD_BACK_POLL_NANOS = 20_000_000;

  /** Number of records in {@link #sendBroken()}. */
  public static final int BROKEN_RECORDS = BROKEN.size();

  private final FlightData data;
  private final String topic;
  private final KafkaProducer<byte[], byte[]> producer;
  private final AtomicLong sent = new AtomicLong();
  private final AtomicReference<Exception> failure = new AtomicReference<>();
  private volatile long holdAt = Long.MAX_VALUE;
  private volatile boolean stopped;

  public FlightProducer(FlightData data, String bootstrapServers, String topic) {
    this.data = data;
    this.topic = topic;
    this.producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers", bootstrapServers,
                "acks", "all",
                "enable.idempotence", "true",
                "linger.ms", "20",
                "batch.size", "65536",
                "compression.type", "lz4",
                "max.block.ms", "120000",
                "delivery.timeout.ms", "240000"),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Sends flights and waits until they are acknowledged.
   *
   * @param skip flights left out at the beginning
   * @param limit at most this many
   * @param perSecond average rate; zero: as fast as Kafka takes them
   * @return flights sent by this call
   */
  public long send(long skip, long limit, int perSecond) {
    return send(skip, limit, perSecond, (json, index) -> json);
  }

  /**
   * Sends flights as another version of the producer would.
   *
   * @param change of each record's JSON
   */
  long send(long skip, long limit, int perSecond, DriftEpisode.Change change) {
    long before = sent.get();
    long startNanos = System.nanoTime();
    long count = 0;
    try (Stream<Departure> flights = data.flights()) {
      Iterator<Departure> iterator = flights.skip(skip).limit(limit).iterator();
      while (iterator.hasNext() && !stopped) {
        while (before + count >= holdAt && !stopped) {
          LockSupport.parkNanos(HELD_BACK_POLL_NANOS);
        }
        Departure departure = iterator.next();
        send(
            utf8(departure.flightId()),
            DriftEpisode.changed(departure.json(), change, (int) count));
        count++;
        if (perSecond > 0) {
          long due = startNanos + count * 1_000_000_000L / perSecond;
          while (System.nanoTime() < due && !stopped) {
            LockSupport.parkNanos(Math.min(due - System.nanoTime(), 10_000_000L));
          }
        }
      }
    }
    flush();
    return sent.get() - before;
  }

  /** Sends each kind of broken record once; they belong among the dead letters. */
  public void sendBroken() {
    for (byte[] value : BROKEN) {
      send(null, value);
    }
    flush();
  }

  private void send(byte[] key, byte[] value) {
    throwIfFailed();
    producer.send(
        new ProducerRecord<>(topic, key, value),
        (metadata, problem) -> {
          if (problem == null) {
            sent.incrementAndGet();
          } else {
            failure.compareAndSet(null, problem);
          }
        });
  }

  private void flush() {
    producer.flush();
    throwIfFailed();
  }

  private void throwIfFailed() {
    Exception problem = failure.get();
    if (problem != null) {
      throw new IllegalStateException(
          "Kafka did not take a record for topic " + topic + ": " + problem.getMessage(), problem);
    }
  }

  /** Records acknowledged so far; may be asked from any thread. */
  public long sent() {
    return sent.get();
  }

  /**
   * Lets {@link #send} wait before it goes beyond a number of records in all; may be called again
   * with another number, from any thread.
   */
  public void holdAt(long records) {
    holdAt = records;
  }

  /** Lets {@link #send} end early; may be called from any thread. */
  public void stop() {
    stopped = true;
  }

  @Override
  public void close() {
    producer.close();
  }
}
