package io.millrace.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * {@code scripts/bench dedup}: how many of the duplicates in FEBRL's data sets 1 to 3 are found,
 * and how many of the found pairs are duplicates. Nobody tells any answer beforehand.
 *
 * <p>Records come one by one in random order, of three seeds; the worst one counts. The rules are
 * the same for the three data sets. FEBRL 4, the same people without their social security number
 * and households made up otherwise are a guard: they must not suffer from what is good for the
 * three.
 */
public final class DedupBench {
  private static final long[] SEEDS = {1, 2, 3};
  private static final int HOUSEHOLD_RECORDS = 3_000;

  private static final List<String> FEBRL_FIELDS =
      List.of(
          "given_name jaro_winkler",
          "surname jaro_winkler",
          "street_number code",
          "address_1 words",
          "address_2 words",
          "suburb jaro_winkler",
          "postcode code",
          "state exact",
          "date_of_birth date",
          "soc_sec_id code");
  private static final List<String> FEBRL_RULES =
      List.of(
          "soc_sec_id",
          "date_of_birth",
          "soundex(surname) + prefix(given_name, 1)",
          "soundex(given_name) + postcode",
          "longest_word(address_1) + prefix(suburb, 3)");
  private static final List<String> HOUSEHOLD_FIELDS =
      List.of(
          "first_name jaro_winkler",
          "last_name jaro_winkler",
          "born date",
          "phone code",
          "email code",
          "street words",
          "city jaro_winkler",
          "zip code");
  private static final List<String> HOUSEHOLD_RULES =
      List.of(
          "phone",
          "email",
          "born",
          "soundex(last_name) + prefix(first_name, 2)",
          "soundex(first_name) + zip",
          "longest_word(street) + prefix(city, 3)");

  private final Path home;
  private final Path data;
  private final boolean withPeer;

  private DedupBench(Path home, boolean withPeer) {
    this.home = home;
    this.data = home.resolve("data/febrl");
    this.withPeer = withPeer;
  }

  public static void main(String[] args) throws Exception {
    Path home = Path.of(System.getProperty("millrace.home", "."));
    new DedupBench(home, !List.of(args).contains("--without-peer")).run();
  }

  private void run() throws Exception {
    Map<Integer, PairFigures> febrl = new LinkedHashMap<>();
    for (int number = 1; number <= 3; number++) {
      febrl.put(number, febrl(number));
    }
    System.out.println("\nguards: other data, the same code and defaults");
    People four = People.febrl(data.resolve("dataset4a.csv.gz"), data.resolve("dataset4b.csv.gz"));
    print("FEBRL 4, two sources, blocks", settled(contest(four), false, false));
    People three = People.febrl(data.resolve("dataset3.csv.gz"));
    print(
        "FEBRL 3 without soc_sec_id, blocks", settled(without("soc_sec_id", three), false, false));
    DedupContest households =
        DedupContest.of(Households.of(HOUSEHOLD_RECORDS, 1), HOUSEHOLD_FIELDS, HOUSEHOLD_RULES);
    households.embed();
    print("made-up households, exact match", households.exactly("first_name", "last_name", "born"));
    print("made-up households, blocks", settled(households, false, false));
    print("made-up households, blocks and neighbours", settled(households, true, false));
    print("the same, similarity as one more field", settled(households, true, true));
    System.out.println();
    StringBuilder line = new StringBuilder();
    febrl.forEach(
        (number, figures) ->
            line.append(
                String.format(
                    Locale.ROOT,
                    "%sf1_febrl%d=%.4f",
                    line.isEmpty() ? "" : " ",
                    number,
                    figures.f1())));
    System.out.println(line);
  }

  private static DedupContest contest(People people) {
    return DedupContest.of(people, FEBRL_FIELDS, FEBRL_RULES);
  }

  private static DedupContest without(String field, People people) {
    return DedupContest.of(
        people,
        FEBRL_FIELDS.stream().filter(it -> !it.startsWith(field)).toList(),
        FEBRL_RULES.stream().filter(it -> !it.contains(field)).toList());
  }

  private PairFigures febrl(int number) throws Exception {
    Path file = data.resolve("dataset" + number + ".csv.gz");
    People people = People.febrl(file);
    DedupContest contest = contest(people);
    contest.embed();
    System.out.printf(
        Locale.ROOT,
        "%nFEBRL %d: %,d records, %,d pairs of the same person   precision  recall      F1%n",
        number,
        people.persons().size(),
        people.truePairs());
    print(
        "exact match of name and date of birth",
        contest.exactly("given_name", "surname", "date_of_birth"));
    print("embeddings alone, cosine 0.90", contest.embeddingsAlone());
    print("embeddings alone, best cosine by the answers", contest.embeddingsAtBest());
    if (withPeer) {
      print("recordlinkage, ECM over the whole file", peer(file));
    }
    print("Millrace, blocks", settled(contest, false, false));
    print("Millrace, neighbours by vectors only", settled(contest.withoutRules(), true, false));
    print(
        "Millrace, blocks and neighbours, judged once",
        worst(contest, true, false, stream -> contest.figures(stream.matchesAtOnce())));
    PairFigures settled = settled(contest, true, false);
    print("Millrace, blocks and neighbours, settled", settled);
    print("the same, similarity as one more field", settled(contest, true, true));
    return settled;
  }

  /** Each pair judged by what was learned at the end, as the job does when its input is quiet. */
  private static PairFigures settled(
      DedupContest contest, boolean withNeighbours, boolean withSimilarity) {
    return worst(
        contest, withNeighbours, withSimilarity, stream -> contest.figures(stream.matches()));
  }

  private interface Outcome {
    PairFigures of(DedupStream stream);
  }

  private static PairFigures worst(
      DedupContest contest, boolean withNeighbours, boolean withSimilarity, Outcome outcome) {
    List<PairFigures> figures = new ArrayList<>();
    for (long seed : SEEDS) {
      figures.add(outcome.of(contest.stream(seed, withNeighbours, withSimilarity)));
    }
    return figures.stream().min(Comparator.comparingDouble(PairFigures::f1)).orElseThrow();
  }

  private static void print(String who, PairFigures figures) {
    System.out.printf(
        Locale.ROOT,
        "  %-54s %9.4f %7.4f %7.4f%n",
        who,
        figures.precision(),
        figures.recall(),
        figures.f1());
  }

  /** Found and right pairs, on the last line of what the peer prints. */
  private PairFigures peer(Path file) throws IOException, InterruptedException {
    String python =
        System.getenv().getOrDefault("RECORDLINKAGE_PYTHON", "var/recordlinkage/bin/python");
    Process process =
        new ProcessBuilder(
                home.resolve(python).toString(),
                home.resolve("bench/src/main/python/recordlinkage_ecm.py").toString(),
                file.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    List<String> lines =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
            .lines()
            .toList();
    if (process.waitFor() != 0 || lines.isEmpty()) {
      throw new IllegalStateException("recordlinkage did not run; what it said is above");
    }
    String[] counts = lines.get(lines.size() - 1).split(" ");
    return new PairFigures(
        Long.parseLong(counts[0]), Long.parseLong(counts[1]), Long.parseLong(counts[2]));
  }
}
