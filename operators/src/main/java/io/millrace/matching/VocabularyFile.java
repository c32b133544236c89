package io.millrace.matching;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Lists of words: one group a line, words apart by blanks, {@code #} begins a comment. */
final class VocabularyFile {
  private VocabularyFile() {}

  static List<List<String>> lines(String name) {
    try (InputStream in = VocabularyFile.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the vocabulary " + name + " is missing from the jar");
      }
      return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))
          .lines()
          .map(line -> line.replaceFirst("#.*", "").strip())
          .filter(line -> !line.isEmpty())
          .map(line -> List.of(line.split("\\s+")))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
