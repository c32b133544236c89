package io.millrace.online;

import io.millrace.online.EntityWrite.Action;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Connection;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisAskDataException;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.util.JedisClusterCRC16;

/**
 * Connections to a Redis server, or to the primaries of a Redis Cluster, with requests on their way
 * while the next ones are made ready: {@link #send} does not wait, {@link #receive} answers in the
 * order of sending.
 *
 * <p>After any exception the link has to be opened again; what was not received by then may or may
 * not have been executed. Not thread safe.
 */
final class RedisLink implements AutoCloseable {

  /**
   * Entities in one script call. A server does nothing else meanwhile, so this bounds what a reader
   * may have to wait for a writer: about a quarter of a millisecond.
   */
  private static final int ENTITIES_PER_CALL = 50;

  /** Keys that a server looks at in one step of a scan: half a millisecond of its time. */
  private static final int KEYS_PER_SCAN = 1_000;

  private final RedisAddress address;
  private final JedisClientConfig config;
  private final Map<Action, byte[]> scripts = new EnumMap<>(Action.class);
  private final Map<Action, byte[]> digests = new EnumMap<>(Action.class);
  private final Map<HostAndPort, Line> lines = new LinkedHashMap<>();
  private final HostAndPort[] nodeOfSlot;
  private final Deque<List<Call>> sent = new ArrayDeque<>();

  /**
   * What Redis said to a batch.
   *
   * @param guarded the entities of calls in which some were older than what is there; of each call
   *     the number of those
   * @param refused entities that Redis does not take, and why
   */
  record Answer(Map<List<EntityWrite>, Long> guarded, Map<EntityWrite, JedisException> refused) {}

  /** One script call on its way; its entities, and the line that its answer comes over. */
  private record Call(Line line, Action action, List<EntityWrite> entities) {}

  /** Opens the flush, so that requests leave before somebody waits for their answers. */
  private static final class Line extends Connection {
    Line(HostAndPort node, JedisClientConfig config) {
      super(node, config);
    }

    void push() {
      flush();
    }
  }

  /** A link for reading only. */
  RedisLink(RedisAddress address) {
    this.address = address;
    config = address.clientConfig();
    nodeOfSlot = address.isCluster() ? new HostAndPort[Protocol.CLUSTER_HASHSLOTS] : null;
  }

  RedisLink(RedisAddress address, EntityLayout layout) {
    this(address);
    layout
        .scripts()
        .forEach((action, text) -> scripts.put(action, text.getBytes(StandardCharsets.US_ASCII)));
  }

  /** Connects, in a cluster to the node that is named, or to one that was known before. */
  void open() {
    Set<HostAndPort> nodes = new LinkedHashSet<>();
    nodes.add(address.node());
    if (nodeOfSlot != null) {
      nodes.addAll(Arrays.asList(nodeOfSlot));
      nodes.remove(null);
    }
    close();
    JedisException last = null;
    for (HostAndPort node : nodes) {
      try {
        Line line = line(node);
        if (nodeOfSlot != null) {
          learnSlots(node, line);
        }
        return;
      } catch (JedisException failure) {
        last = failure;
        if (!Outage.mayPass(failure)) {
          break;
        }
      }
    }
    throw last;
  }

  private Line line(HostAndPort node) {
    Line line = lines.get(node);
    if (line == null) {
      line = new Line(node, config);
      lines.put(node, line);
      for (Map.Entry<Action, byte[]> script : scripts.entrySet()) {
        line.sendCommand(new CommandArguments(Command.SCRIPT).add("LOAD").add(script.getValue()));
        digests.put(script.getKey(), line.getBinaryBulkReply());
      }
    }
    return line;
  }

  private void learnSlots(HostAndPort asked, Line line) {
    line.sendCommand(new CommandArguments(Command.CLUSTER).add("SLOTS"));
    Arrays.fill(nodeOfSlot, null);
    for (Object each : line.getObjectMultiBulkReply()) {
      List<?> range = (List<?>) each;
      List<?> primary = (List<?>) range.get(2);
      String host = new String((byte[]) primary.get(0), StandardCharsets.UTF_8);
      int port = ((Long) primary.get(1)).intValue();
      HostAndPort node = new HostAndPort(host.isEmpty() ? asked.getHost() : host, port);
      int from = ((Long) range.get(0)).intValue();
      int to = ((Long) range.get(1)).intValue();
      Arrays.fill(nodeOfSlot, from, to + 1, node);
    }
  }

  private Line lineOf(byte[] key) {
    if (nodeOfSlot == null) {
      return line(address.node());
    }
    int slot = JedisClusterCRC16.getSlot(key);
    if (nodeOfSlot[slot] == null) {
      throw new JedisConnectionException("no node of the cluster serves slot " + slot);
    }
    return line(nodeOfSlot[slot]);
  }

  /** Sends a batch on its way. Its keys differ from one another. */
  void send(WriteBatch batch) {
    send(batch, nodeOfSlot == null ? ENTITIES_PER_CALL : 1);
  }

  /** As above, each entity in a call of its own: so that it shows which one is refused. */
  void sendOneByOne(WriteBatch batch) {
    send(batch, 1);
  }

  private void send(WriteBatch batch, int most) {
    List<Call> calls = new ArrayList<>();
    for (Action action : Action.values()) {
      List<EntityWrite> entities = batch.writes(action);
      for (int from = 0; from < entities.size(); from += most) {
        List<EntityWrite> some = entities.subList(from, Math.min(entities.size(), from + most));
        Call call = new Call(lineOf(some.get(0).key()), action, some);
        call.line.sendCommand(arguments(call));
        calls.add(call);
      }
    }
    calls.stream().map(Call::line).distinct().forEach(Line::push);
    sent.add(calls);
  }

  private CommandArguments arguments(Call call) {
    CommandArguments arguments =
        new CommandArguments(Command.EVALSHA)
            .add(digests.get(call.action))
            .add(call.entities.size());
    for (EntityWrite entity : call.entities) {
      arguments.add(entity.key());
    }
    for (EntityWrite entity : call.entities) {
      arguments.add(entity.payload());
    }
    return arguments;
  }

  /**
   * Waits for the answers to the oldest batch that was sent.
   *
   * @throws JedisException also when an entity was refused that shared its call with others: some
   *     of them may have been written
   */
  Answer receive() {
    Answer answer = new Answer(new LinkedHashMap<>(), new LinkedHashMap<>());
    Map<Call, JedisAskDataException> moving = new LinkedHashMap<>();
    JedisException failure = null;
    // All answers have to be taken off the lines, whatever the first ones say.
    for (Call call : sent.removeFirst()) {
      try {
        note(call, call.line.getIntegerReply(), answer);
      } catch (JedisAskDataException elsewhere) {
        moving.put(call, elsewhere);
      } catch (JedisDataException refused) {
        failure = orRefused(call, refused, answer, failure);
      }
    }
    if (failure != null) {
      throw failure;
    }
    for (Map.Entry<Call, JedisAskDataException> each : moving.entrySet()) {
      Call call = each.getKey();
      try {
        note(call, ask(each.getValue(), arguments(call)).getIntegerReply(), answer);
      } catch (JedisDataException refused) {
        failure = orRefused(call, refused, answer, failure);
      }
    }
    if (failure != null) {
      throw failure;
    }
    return answer;
  }

  /** Notes an entity that is refused by itself; anything else is a failure of the batch. */
  private static JedisException orRefused(
      Call call, JedisDataException refused, Answer answer, JedisException failure) {
    if (call.entities.size() == 1 && Outage.isOfOneEntity(refused)) {
      answer.refused.put(call.entities.get(0), refused);
      return failure;
    }
    return refused;
  }

  private static void note(Call call, long older, Answer answer) {
    if (older > 0) {
      answer.guarded.put(call.entities, older);
    }
  }

  /**
   * Asks the node that a slot is moving to, which has this key already.
   *
   * @return the line that the answer comes over
   */
  private Line ask(JedisAskDataException moving, CommandArguments command) {
    Line target = line(moving.getTargetNode());
    if (sent.stream().flatMap(List::stream).anyMatch(call -> call.line == target)) {
      // Other answers come first over this line. After a failure batches are sent one at a time.
      throw moving;
    }
    target.sendCommand(new CommandArguments(Command.ASKING));
    target.getStatusCodeReply();
    target.sendCommand(command);
    return target;
  }

  /** Asks for the same fields of several hashes; per key, the values in the order of the fields. */
  List<List<byte[]>> read(List<byte[]> keys, List<byte[]> fields) {
    return read(keys.stream().map(key -> new Hash(key, fields)).toList());
  }

  /** Fields of a hash that are asked for. */
  record Hash(byte[] key, List<byte[]> fields) {}

  /** A key that is asked for as a hash and holds something else. The link can be used on. */
  static final class NotAHash extends JedisDataException {
    private static final long serialVersionUID = 1L;
    private final transient Hash hash;

    NotAHash(Hash hash, JedisDataException answer) {
      super(answer);
      this.hash = hash;
    }

    byte[] key() {
      return hash.key();
    }
  }

  /**
   * Asks for fields of several hashes; per hash, the values in the order of its fields.
   *
   * @throws NotAHash for the first key that holds something else
   */
  List<List<byte[]>> read(List<Hash> hashes) {
    List<Line> asked = new ArrayList<>();
    for (Hash hash : hashes) {
      Line line = lineOf(hash.key());
      line.sendCommand(hmget(hash));
      asked.add(line);
    }
    asked.stream().distinct().forEach(Line::push);
    List<List<byte[]>> values = new ArrayList<>();
    Map<Integer, JedisAskDataException> moving = new LinkedHashMap<>();
    NotAHash strange = null;
    // All answers have to be taken off the lines, whatever the first ones say.
    for (Line line : asked) {
      try {
        values.add(line.getBinaryMultiBulkReply());
      } catch (JedisAskDataException elsewhere) {
        moving.put(values.size(), elsewhere);
        values.add(null);
      } catch (JedisDataException refused) {
        strange = strange == null ? strange(hashes.get(values.size()), refused) : strange;
        values.add(null);
      }
    }
    for (Map.Entry<Integer, JedisAskDataException> each : moving.entrySet()) {
      Hash hash = hashes.get(each.getKey());
      try {
        values.set(each.getKey(), ask(each.getValue(), hmget(hash)).getBinaryMultiBulkReply());
      } catch (JedisDataException refused) {
        strange = strange == null ? strange(hash, refused) : strange;
      }
    }
    if (strange != null) {
      throw strange;
    }
    return values;
  }

  /**
   * What a refusal says about the key that was asked for.
   *
   * @throws JedisDataException if the key is not at fault
   */
  private static NotAHash strange(Hash hash, JedisDataException refused) {
    if (!Outage.isOfOneEntity(refused)) {
      throw refused;
    }
    return new NotAHash(hash, refused);
  }

  /**
   * Asks all nodes for their keys of a pattern. A key may come twice, and one that is written
   * meanwhile may be missing.
   */
  void scan(byte[] pattern, Consumer<byte[]> keys) {
    Set<HostAndPort> nodes = new LinkedHashSet<>();
    if (nodeOfSlot == null) {
      nodes.add(address.node());
    } else {
      nodes.addAll(Arrays.asList(nodeOfSlot));
      nodes.remove(null);
    }
    for (HostAndPort node : nodes) {
      Line line = line(node);
      byte[] cursor = {'0'};
      do {
        line.sendCommand(
            new CommandArguments(Command.SCAN)
                .add(cursor)
                .add("MATCH")
                .add(pattern)
                .add("COUNT")
                .add(KEYS_PER_SCAN));
        List<?> page = line.getObjectMultiBulkReply();
        cursor = (byte[]) page.get(0);
        for (Object key : (List<?>) page.get(1)) {
          keys.accept((byte[]) key);
        }
      } while (cursor.length != 1 || cursor[0] != '0');
    }
  }

  private static CommandArguments hmget(Hash hash) {
    CommandArguments arguments = new CommandArguments(Command.HMGET).key(hash.key());
    hash.fields().forEach(arguments::add);
    return arguments;
  }

  @Override
  public void close() {
    sent.clear();
    for (Line line : lines.values()) {
      try {
        line.forceDisconnect();
      } catch (java.io.IOException | JedisException alreadyGone) {
        // Nothing is expected from this connection any more.
      }
    }
    lines.clear();
  }
}
