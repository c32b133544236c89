package io.millrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.millrace.document.Environment;
import io.millrace.document.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import org.junit.jupiter.api.Test;

/** Whatever a person does to a pipeline file, there are problems with places or a pipeline. */
class PipelineFuzzTest {

  private static final int FILES = Integer.getInteger("millrace.fuzz.files", 400);

  private static final List<String> SCRAPS =
      List.of(
          "",
          "~",
          "[]",
          "{}",
          "[a, b]",
          "{a: b}",
          "1",
          "-1",
          "1.5",
          "1e999",
          "true",
          "x",
          "'*'",
          "*",
          "&a",
          "1h",
          "0s",
          "99999999999999999999",
          "${X}",
          "${X",
          "\"",
          ": ",
          "#",
          "- a",
          "count",
          "latest: [x]",
          "[[1]]",
          "<<: *a",
          "!!int x",
          "\u0000",
          "\uD83D\uDE00");

  @Test
  void shouldNeverThrowWhateverIsWritten() throws IOException {
    Path path = Path.of("../conf/pipelines/flights.yaml");
    List<String> lines = Files.readAllLines(path);
    long seed = Long.getLong("millrace.seed", System.nanoTime());
    System.out.println("PipelineFuzzTest seed " + seed);
    Random random = new Random(seed);
    int accepted = 0;
    for (int i = 0; i < FILES; i++) {
      String text = mutated(lines, random);
      PipelineFile file;
      try {
        file = PipelineFile.parse(path, text, new Environment(Map.of()));
      } catch (RuntimeException thrown) {
        fail("seed %d, file %d:%n%s".formatted(seed, i, text), thrown);
        return;
      }
      int last = text.split("\n", -1).length;
      assertThat(file.problems())
          .as("seed %d, file %d:%n%s", seed, i, text)
          .allSatisfy(problem -> assertPlaced(problem, last));
      if (file.problems().isEmpty()) {
        accepted++;
        assertThat(file.pipeline().sources()).isNotEmpty();
      }
    }
    assertThat(accepted).isBetween(1, FILES - 1);
  }

  private static void assertPlaced(Problem problem, int lastLine) {
    assertThat(problem.line()).isBetween(1, lastLine);
    assertThat(problem.toString())
        .startsWith(problem.file() + ":" + problem.line() + ": ")
        .contains("found ", ", expected ", "; ")
        .doesNotContain("found null")
        .doesNotContain("\n");
  }

  private static String mutated(List<String> original, Random random) {
    List<String> lines = new ArrayList<>(original);
    for (int edits = 1 + random.nextInt(3); edits > 0; edits--) {
      int at = random.nextInt(lines.size());
      String line = lines.get(at);
      switch (random.nextInt(7)) {
        case 0 -> lines.remove(at);
        case 1 -> lines.add(at, lines.get(random.nextInt(lines.size())));
        case 2 -> lines.set(at, line.replaceFirst(":.*", ": " + quoted(scrap(random))));
        case 3 -> lines.set(at, line.replaceFirst("[A-Za-z_]+", quoted(scrap(random))));
        case 4 -> lines.set(at, " ".repeat(random.nextInt(9)) + line.strip());
        case 5 -> {
          int cut = random.nextInt(line.length() + 1);
          lines.set(at, line.substring(0, cut) + scrap(random) + line.substring(cut));
        }
        default -> lines.set(at, line.replaceFirst("\\[[^]]*]", quoted(scrap(random))));
      }
    }
    return String.join("\n", lines);
  }

  private static String scrap(Random random) {
    return SCRAPS.get(random.nextInt(SCRAPS.size()));
  }

  private static String quoted(String replacement) {
    return Matcher.quoteReplacement(replacement);
  }
}
