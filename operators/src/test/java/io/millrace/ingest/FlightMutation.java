package io.millrace.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Ways in which the record of a flight can go wrong or drift. */
enum FlightMutation {
  TRUNCATE {
    @Override
    byte[] apply(String flight, Random random) {
      return Arrays.copyOf(flight.getBytes(UTF_8), random.nextInt(flight.length()));
    }
  },
  FLIP_BITS {
    @Override
    byte[] apply(String flight, Random random) {
      byte[] bytes = flight.getBytes(UTF_8);
      for (int i = 0; i <= random.nextInt(3); i++) {
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      }
      return bytes;
    }
  },
  SWAP_TYPE {
    @Override
    byte[] apply(String flight, Random random) {
      String field = one(random, ALL);
      JsonNode value = tree(flight).get(field);
      String other =
          value.isTextual()
              ? one(random, List.of("17", "true", "[\"x\"]", "{\"x\":1}", "0.5"))
              : value.isBoolean()
                  ? one(random, List.of("1", "\"true\"", "[true]", "{}"))
                  : one(random, List.of("\"17\"", "true", "[17]", "{}", "\"late\""));
      return with(flight, field, other);
    }
  },
  NEST_DEEPLY {
    @Override
    byte[] apply(String flight, Random random) {
      int depth = 64 + random.nextInt(5_000);
      return random.nextBoolean()
          ? with(flight, "deep", "[".repeat(depth) + "]".repeat(depth))
          : with(flight, "deep", "{\"d\":".repeat(depth) + "1" + "}".repeat(depth));
    }
  },
  HUGE_NUMBER {
    @Override
    byte[] apply(String flight, Random random) {
      return with(
          flight,
          one(random, List.of("flight", "distance_miles", "dep_delay_minutes")),
          one(
              random,
              List.of(
                  "9".repeat(39 + random.nextInt(900)),
                  "-" + "9".repeat(1_001 + random.nextInt(9_000)),
                  "1e" + (39 + random.nextInt(900)),
                  "-1e" + (900_000_000 + random.nextInt(99_999_999)))));
    }
  },
  WIDEN_INTEGER {
    @Override
    byte[] apply(String flight, Random random) {
      return with(
          flight,
          one(random, List.of("flight", "distance_miles", "dep_delay_minutes")),
          Long.toString(
              (random.nextBoolean() ? 1 : -1) * (3_000_000_000L + random.nextInt(1_000_000_000))));
    }
  },
  VALUE_BESIDE {
    @Override
    byte[] apply(String flight, Random random) {
      return with(
          flight,
          one(random, List.of("arr_delay_minutes", "air_time_minutes")),
          one(random, List.of("12.5", "1e20", "99999999999999999999", "-0.001")));
    }
  },
  ADD_FIELD {
    @Override
    byte[] apply(String flight, Random random) {
      return with(
          flight,
          one(random, List.of("gate", "weather", "flightId", "Carrier", "", "_evolved")),
          one(random, List.of("1", "\"B12\"", "null", "{\"t\":[1,2]}", "true", "1e400", "[]")));
    }
  },
  DUPLICATE_KEY {
    @Override
    byte[] apply(String flight, Random random) {
      String field = one(random, ALL);
      return member(flight, field, tree(flight).get(field).toString());
    }
  },
  DUPLICATE_NEW_KEY {
    @Override
    byte[] apply(String flight, Random random) {
      return member(new String(member(flight, "gate", "1"), UTF_8), "gate", "2");
    }
  },
  INVALID_UTF8 {
    @Override
    byte[] apply(String flight, Random random) {
      byte[] bytes = flight.getBytes(UTF_8);
      bytes[4 + random.nextInt(bytes.length - 4)] =
          one(random, List.of((byte) 0xff, (byte) 0xc0, (byte) 0x80, (byte) 0xf5, (byte) 0xe2));
      return bytes;
    }
  },
  HALF_SURROGATE {
    @Override
    byte[] apply(String flight, Random random) {
      return with(
          flight,
          one(random, List.of("carrier", "dest", "origin", "flight_id")),
          one(random, List.of("\"\\ud800\"", "\"a\\udc00b\"", "\"\\ud83d\\ud83d\"")));
    }
  },
  NUL_AT_START {
    @Override
    byte[] apply(String flight, Random random) {
      byte[] bytes = flight.getBytes(UTF_8);
      bytes[random.nextInt(4)] = 0;
      return bytes;
    }
  },
  UTF_16 {
    @Override
    byte[] apply(String flight, Random random) {
      return flight.getBytes(
          one(random, List.of(StandardCharsets.UTF_16BE, StandardCharsets.UTF_16LE)));
    }
  },
  NUL_IN_STRING {
    @Override
    byte[] apply(String flight, Random random) {
      return with(flight, one(random, List.of("carrier", "dest", "tailnum")), "\"A\u0000B\"");
    }
  },
  GIGANTIC_STRING {
    @Override
    byte[] apply(String flight, Random random) {
      int length = random.nextBoolean() ? 900_000 : 1_100_000;
      return with(
          flight, one(random, List.of("carrier", "tailnum")), "\"" + "x".repeat(length) + "\"");
    }
  },
  WRONG_TIMESTAMP {
    @Override
    byte[] apply(String flight, Random random) {
      return with(
          flight,
          one(random, List.of("departed_at", "scheduled_at")),
          one(
              random,
              List.of(
                  "\"2013-13-01T00:00:00Z\"",
                  "\"2013-02-29T00:00:00Z\"",
                  "\"2013-01-01T24:00:00Z\"",
                  "\"2013-01-01T00:00:00\"",
                  "\"2013-01-01\"",
                  "\"01/02/2013 10:15\"",
                  "\"noon\"",
                  "\"\"",
                  "12.5")));
    }
  },
  SECONDS_FOR_MILLIS {
    @Override
    byte[] apply(String flight, Random random) {
      return with(
          flight, "departed_at", Long.toString(1_356_998_400L + random.nextInt(31_536_000)));
    }
  },
  MANY_SUBSECONDS {
    @Override
    byte[] apply(String flight, Random random) {
      return with(
          flight,
          one(random, List.of("departed_at", "scheduled_at")),
          "\"2013-01-01T10:15:00.%09dZ\"".formatted(1 + random.nextInt(999_999) * 1_000));
    }
  },
  FUTURE_TIMESTAMP {
    @Override
    byte[] apply(String flight, Random random) {
      return with(flight, "departed_at", "\"" + (2015 + random.nextInt(7_000)) + "-01-01T00:00Z\"");
    }
  },
  RENAME_OPTIONAL {
    @Override
    byte[] apply(String flight, Random random) {
      return renamed(flight, one(random, OPTIONAL));
    }
  },
  RENAME_REQUIRED {
    @Override
    byte[] apply(String flight, Random random) {
      return renamed(flight, one(random, REQUIRED));
    }
  },
  REMOVE_OPTIONAL {
    @Override
    byte[] apply(String flight, Random random) {
      return bytes(tree(flight).without(one(random, OPTIONAL)));
    }
  },
  REMOVE_REQUIRED {
    @Override
    byte[] apply(String flight, Random random) {
      return bytes(tree(flight).without(one(random, REQUIRED)));
    }
  },
  NULL_REQUIRED {
    @Override
    byte[] apply(String flight, Random random) {
      return with(flight, one(random, REQUIRED), "null");
    }
  },
  SHUFFLE {
    @Override
    byte[] apply(String flight, Random random) {
      List<Map.Entry<String, JsonNode>> members = new ArrayList<>(tree(flight).properties());
      Collections.shuffle(members, random);
      ObjectNode shuffled = MAPPER.createObjectNode();
      members.forEach(member -> shuffled.set(member.getKey(), member.getValue()));
      return bytes(shuffled);
    }
  },
  ESCAPE {
    @Override
    byte[] apply(String flight, Random random) {
      return flight
          .replace("\"carrier\"", "\"\\u0063arrier\"")
          .replace("\"dest\":\"", " \n\t\"dest\" : \"\\u005a\\ud83d\\ude00\\n")
          .getBytes(UTF_8);
    }
  },
  TRAILING_DATA {
    @Override
    byte[] apply(String flight, Random random) {
      return (flight + one(random, List.of("}", "{}", " 1", ",", flight, "\u0000")))
          .getBytes(UTF_8);
    }
  },
  NO_OBJECT {
    @Override
    byte[] apply(String flight, Random random) {
      String other =
          one(
              random,
              Arrays.asList("[]", "1", "\"flight\"", "true", "null", "", "  ", "nul", null));
      return other == null ? null : other.getBytes(UTF_8);
    }
  };

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private static final List<String> REQUIRED =
      List.of(
          "flight_id",
          "carrier",
          "flight",
          "origin",
          "dest",
          "scheduled_at",
          "departed_at",
          "distance_miles",
          "cancelled");

  private static final List<String> OPTIONAL =
      List.of("tailnum", "dep_delay_minutes", "arr_delay_minutes", "air_time_minutes");

  /** Those that are never null in the flights that are taken. */
  private static final List<String> ALL =
      List.of(
          "flight_id",
          "carrier",
          "flight",
          "origin",
          "dest",
          "distance_miles",
          "cancelled",
          "dep_delay_minutes");

  /** The mutated record. */
  abstract byte[] apply(String flight, Random random);

  private static <T> T one(Random random, List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  private static ObjectNode tree(String flight) {
    try {
      return (ObjectNode) MAPPER.readTree(flight);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] bytes(JsonNode tree) {
    return tree.toString().getBytes(UTF_8);
  }

  /** The flight with this field's value replaced as it is written, or a field added. */
  private static byte[] with(String flight, String field, String json) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write('{');
    boolean replaced = false;
    for (Map.Entry<String, JsonNode> member : tree(flight).properties()) {
      boolean here = member.getKey().equals(field);
      replaced |= here;
      String value = here ? json : member.getValue().toString();
      out.writeBytes(("\"" + member.getKey() + "\":" + value + ",").getBytes(UTF_8));
    }
    byte[] bytes = out.toByteArray();
    bytes[bytes.length - 1] = '}';
    return replaced ? bytes : member(flight, field, json);
  }

  /** The flight with one member more. */
  private static byte[] member(String flight, String name, String json) {
    return (flight.substring(0, flight.length() - 1) + ",\"" + name + "\":" + json + "}")
        .getBytes(UTF_8);
  }

  private static byte[] renamed(String flight, String field) {
    return flight.replace("\"" + field + "\"", "\"" + field + "_2\"").getBytes(UTF_8);
  }
}
