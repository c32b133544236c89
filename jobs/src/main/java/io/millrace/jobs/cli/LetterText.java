package io.millrace.jobs.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.millrace.contract.Contract;
import io.millrace.contract.Field;
import io.millrace.jobs.letters.StoredLetter;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.Source;
import io.millrace.records.DeadLetter;
import io.millrace.records.DeadLetter.Raw.Content;
import io.millrace.records.DeadLetterJson;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A whole dead letter for people. Where the contract has fields classified pii, values are shown of
 * its other fields only: what it does not know may be personal too, under another name.
 */
final class LetterText {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MAX_SHOWN_BYTES = 4 * 1024;
  private static final int HEX_WIDTH = 16;
  private static final String MASKED = "***";
  private static final Set<String> IMAGES = Set.of("before", "after", "entity", "features");
  private static final Set<String> ENVELOPE =
      Set.of("op", "view", "event_time", "revision", "deleted");

  private final Pipeline pipeline;
  private final boolean reveal;

  LetterText(Pipeline pipeline, boolean reveal) {
    this.pipeline = pipeline;
    this.reveal = reveal;
  }

  String json(StoredLetter stored) {
    return new String(DeadLetterJson.encode(stored.letter()), UTF_8) + System.lineSeparator();
  }

  String of(StoredLetter stored) {
    DeadLetter letter = stored.letter();
    DeadLetter.Coordinates at = letter.coordinates();
    StringBuilder text = new StringBuilder();
    line(
        text,
        stored.id(),
        letter.reason() + (letter.field().isEmpty() ? "" : " " + letter.field()));
    line(text, "  why", letter.message());
    line(text, "  source", letter.source() + place(at));
    line(text, "  contract", letter.contract() + " " + letter.contractVersion());
    line(text, "  time", Instant.ofEpochMilli(letter.timeMillis()).toString());
    line(text, "  written", Instant.ofEpochMilli(stored.writtenMillis()).toString());
    if (at.replays() > 0) {
      line(text, "  replays", "refused again after " + at.replays());
    }
    Optional<Set<String>> shown = shownFields(letter);
    if (at.key().length > 0) {
      line(text, "  key", bytes(at.key(), shown, false));
    }
    for (DeadLetter.Header header : at.headers()) {
      line(
          text,
          "  header",
          header.name() + "=" + (shown.isEmpty() ? readable(header.value()) : MASKED));
    }
    DeadLetter.Raw raw = letter.raw();
    line(
        text,
        "  " + raw.content().name().toLowerCase(Locale.ROOT),
        raw.isTruncated()
            ? "%,d bytes, of which the letter has %,d".formatted(raw.size(), raw.bytes().length)
            : "%,d bytes".formatted(raw.size()));
    boolean enveloped =
        raw.content() == Content.VECTOR || raw.content() == Content.RECORD && at.isTable();
    bytes(raw.bytes(), shown, enveloped)
        .lines()
        .forEach(each -> text.append("    ").append(each).append(nl()));
    return text.append(nl()).toString();
  }

  private static String place(DeadLetter.Coordinates at) {
    if (!at.isTable()) {
      return ", topic %s, partition %d, offset %d"
          .formatted(at.place(), at.partition(), at.position());
    }
    return ", " + at.place() + (at.isExact() ? ", log position " + at.position() : "");
  }

  private static void line(StringBuilder text, String name, String value) {
    text.append("%-10s  %s%n".formatted(name, value));
  }

  private static String nl() {
    return System.lineSeparator();
  }

  /** Names of fields whose values may be shown; empty when all may. */
  private Optional<Set<String>> shownFields(DeadLetter letter) {
    if (reveal) {
      return Optional.empty();
    }
    Optional<Contract> contract = pipeline.source(letter.source()).map(Source::contract);
    if (contract.isPresent() && contract.get().fields().stream().noneMatch(Field::isPii)) {
      return Optional.empty();
    }
    // Without its source nobody knows what is personal.
    Set<String> names = new HashSet<>();
    contract.ifPresent(
        known ->
            known.fields().stream()
                .filter(field -> !field.isPii())
                .forEach(
                    field -> {
                      names.add(field.name());
                      names.addAll(field.aliases());
                    }));
    return Optional.of(names);
  }

  private static String bytes(byte[] bytes, Optional<Set<String>> shown, boolean enveloped) {
    if (shown.isEmpty()) {
      return readable(bytes);
    }
    try {
      if (JSON.readTree(bytes) instanceof ObjectNode object) {
        mask(object, shown.get(), enveloped);
        return object.toString();
      }
    } catch (IOException notJson) {
      // Falls through: what cannot be taken apart is not shown.
    }
    return "%,d bytes not shown, which may hold personal data; --reveal shows them"
        .formatted(bytes.length);
  }

  private static void mask(ObjectNode object, Set<String> shown, boolean enveloped) {
    for (Map.Entry<String, JsonNode> field : object.properties()) {
      String name = field.getKey();
      if (enveloped && IMAGES.contains(name) && field.getValue() instanceof ObjectNode image) {
        mask(image, shown, false);
      } else if (!shown.contains(name)
          && !(enveloped && ENVELOPE.contains(name))
          && !field.getValue().isNull()) {
        field.setValue(TextNode.valueOf(MASKED));
      }
    }
  }

  /** Text if it is text, else a hex dump. */
  private static String readable(byte[] bytes) {
    byte[] some = bytes.length > MAX_SHOWN_BYTES ? Arrays.copyOf(bytes, MAX_SHOWN_BYTES) : bytes;
    String rest =
        bytes.length > some.length
            ? nl() + "... and %,d bytes more".formatted(bytes.length - some.length)
            : "";
    return text(some).orElseGet(() -> hex(some)) + rest;
  }

  private static Optional<String> text(byte[] bytes) {
    for (int cut = 0; cut < 4 && cut <= bytes.length; cut++) {
      try {
        String text =
            UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, 0, bytes.length - cut)).toString();
        boolean printable =
            text.chars()
                .noneMatch(c -> Character.isISOControl(c) && c != '\n' && c != '\t' && c != '\r');
        return printable ? Optional.of(text) : Optional.empty();
      } catch (CharacterCodingException perhapsCutWithinACharacter) {
        if (bytes.length < MAX_SHOWN_BYTES) {
          return Optional.empty();
        }
      }
    }
    return Optional.empty();
  }

  private static String hex(byte[] bytes) {
    StringBuilder dump = new StringBuilder();
    for (int from = 0; from < bytes.length; from += HEX_WIDTH) {
      StringBuilder hex = new StringBuilder();
      StringBuilder ascii = new StringBuilder();
      for (int i = from; i < Math.min(bytes.length, from + HEX_WIDTH); i++) {
        hex.append("%02x ".formatted(bytes[i] & 0xff));
        ascii.append(bytes[i] >= 0x20 && bytes[i] < 0x7f ? (char) bytes[i] : '.');
      }
      dump.append("%08x  %-48s %s%n".formatted(from, hex, ascii));
    }
    return dump.toString().stripTrailing();
  }
}
