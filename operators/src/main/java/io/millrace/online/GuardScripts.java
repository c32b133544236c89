package io.millrace.online;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The Lua scripts that write to Redis: each entity is compared and written in one atomic step, so
 * that an older version never replaces a newer one, whoever sends it (a replay, a writer of a lost
 * TaskManager, a slow connection). Versions that are equal overwrite.
 *
 * <p>A call takes many entities: {@code KEYS[i]} is an entity's hash, {@code ARGV[i]} its payload
 * ({@link MessagePack}); it answers with the number of entities that were older than what is there.
 * Field names, time to live and the like are constants of the script: less to send and to take
 * apart for each entity. What that is worth is in docs/decisions/0004-redis-layout.md.
 *
 * <p>Runs on Redis 6.2 and later; in a cluster with one key (one slot) a call.
 */
final class GuardScripts {

  /** With more fields than these a script would need more registers than Lua has (250). */
  static final int MOST_CONSTANT_FIELDS = 60;

  /**
   * How long the version of a deleted entity is remembered, to turn away older writes that are
   * still on their way: far longer than a job needs to catch up after a restore.
   */
  static final Duration TOMBSTONE_TTL = Duration.ofHours(24);

  /** Arguments that one command of a script may have, far below Lua's stack of 8000. */
  private static final int ARGUMENTS = 500;

  /*
   * stale(old, new): the usual case, two times of 13 digits (years 2001 to 2286) and revisions of
   * equal length, is one string comparison; anything else is compared as numbers. Text that is no
   * version does not protect itself.
   */
  private static final String GUARD =
      """
      local call, unpack = redis.call, cmsgpack.unpack
      local match, byte, tonumber = string.match, string.byte, tonumber
      local function stale(old, new)
        if #old == #new and byte(old, 14) == 58 and byte(new, 14) == 58 then return old > new end
        local ot, orev = match(old, '^(-?%d+):(%d+)$')
        local nt, nrev = match(new, '^(-?%d+):(%d+)$')
        if not ot then return false end
        ot, nt = tonumber(ot), tonumber(nt)
        return ot > nt or (ot == nt and tonumber(orev) > tonumber(nrev))
      end
      """;

  private static final String LOOP =
      """
      local guarded = 0
      for i = 1, #KEYS do guarded = guarded + write(KEYS[i], unpack(ARGV[i])) end
      return guarded
      """;

  private final String versionField;
  private final List<String> names = new ArrayList<>();
  private final long ttlMillis;

  /**
   * @param names all fields of the view but the version, the event time first
   * @param ttlMillis zero: entities stay until they are deleted
   */
  GuardScripts(byte[] versionField, List<byte[]> names, long ttlMillis) {
    this.versionField = literal(versionField);
    names.forEach(name -> this.names.add(literal(name)));
    this.ttlMillis = ttlMillis;
  }

  /** A hash that is the view's own, all fields given. */
  String update() {
    return write(parameters(), "local added = " + setConstantFields() + expireOwn());
  }

  /**
   * A hash that is the view's own, left with nothing but the given fields. Sets before it deletes:
   * Redis looks at {@code maxmemory} only until a script has deleted or written something.
   */
  String replaceHash() {
    return write(
        ", ...",
        """
        %1$s
        if call('HLEN', k) > select('#', ...) / 2 + 1 then
          call('DEL', k)
          %1$s
        end
        %2$s
        """
            .formatted(
                setGivenFields().strip(),
                ttlMillis > 0 ? "call('PEXPIRE', k, " + ttlMillis + ")" : "call('PERSIST', k)"));
  }

  /** A hash that is the view's own: only the version stays, for a while. */
  String deleteHash() {
    return write(
        "",
        """
        call('DEL', k)
        call('HSET', k, %s, v)
        call('PEXPIRE', k, %d)
        """
            .formatted(versionField, TOMBSTONE_TTL.toMillis()));
  }

  /** A hash that views share, all fields of this view given. */
  String updateShared() {
    return write(parameters(), setConstantFields() + expireShared());
  }

  /** As above, with names. */
  String replaceShared() {
    return write(", ...", setGivenFields() + expireShared());
  }

  /**
   * A hash that views share: this view's fields go, its version stays as long as the others, or for
   * a while when it is the last one.
   */
  String deleteShared() {
    StringBuilder body = new StringBuilder();
    for (int from = 0; from < names.size(); from += ARGUMENTS) {
      List<String> some = names.subList(from, Math.min(names.size(), from + ARGUMENTS));
      body.append("for _, field in ipairs({").append(String.join(", ", some));
      body.append("}) do call('HDEL', k, field) end\n");
    }
    body.append(
        """
        call('HSET', k, %1$s, v)
        local live = false
        for _, field in ipairs(call('HKEYS', k)) do
          if string.sub(field, 1, 4) == '_ts:' and #field > 4 then live = true end
        end
        local left = call('PTTL', k)
        if (left == -1 and not live) or (left >= 0 and left < %2$d) then
          call('PEXPIRE', k, %2$d)
        end
        """
            .formatted(versionField, TOMBSTONE_TTL.toMillis()));
    return write("", body.toString());
  }

  private String write(String parameters, String body) {
    return GUARD
        + """
        local function write(k, v%s)
          local old = call('HGET', k, %s)
          if old and stale(old, v) then return 1 end
        %s
          return 0
        end
        """
            .formatted(parameters, versionField, body.strip().indent(2).stripTrailing())
        + LOOP;
  }

  private String parameters() {
    StringBuilder parameters = new StringBuilder();
    for (int i = 0; i < names.size(); i++) {
      parameters.append(", a").append(i);
    }
    return parameters.toString();
  }

  private String setConstantFields() {
    StringBuilder command = new StringBuilder("call('HSET', k, " + versionField + ", v");
    for (int i = 0; i < names.size(); i++) {
      command.append(", ").append(names.get(i)).append(", a").append(i);
    }
    return command.append(")\n").toString();
  }

  private String setGivenFields() {
    return "call('HSET', k, " + versionField + ", v, ...)\n";
  }

  /*
   * Without a time to live an existing key keeps the one it has: only a tombstone's has to go, and
   * that one is known by the fields that came new. (The first write of a key after a start is a
   * replacement, which undoes what an earlier version of the pipeline may have set.)
   */
  private String expireOwn() {
    return ttlMillis > 0
        ? "call('PEXPIRE', k, " + ttlMillis + ")"
        : "if old and added > 0 then call('PERSIST', k) end";
  }

  /* Never shortens the life of another view's fields: the key lives as long as its longest view. */
  private String expireShared() {
    if (ttlMillis == 0) {
      return "call('PERSIST', k)";
    }
    return """
    local left = call('PTTL', k)
    if left == -1 then
      if call('HLEN', k) == %d then call('PEXPIRE', k, %2$d) end
    elseif left < %2$d then
      call('PEXPIRE', k, %2$d)
    end
    """
        .formatted(names.size() + 1, ttlMillis);
  }

  /** A Lua string of any bytes. */
  private static String literal(byte[] bytes) {
    StringBuilder text = new StringBuilder("\"");
    for (byte each : bytes) {
      if (each >= '0' && each <= '9'
          || each >= 'A' && each <= 'Z'
          || each >= 'a' && each <= 'z'
          || each == '_'
          || each == ':') {
        text.append((char) each);
      } else {
        text.append("\\%03d".formatted(each & 0xff));
      }
    }
    return text.append('"').toString();
  }
}
