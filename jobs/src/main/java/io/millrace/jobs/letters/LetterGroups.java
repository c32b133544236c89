package io.millrace.jobs.letters;

import io.millrace.records.DeadLetter;
import io.millrace.records.DeadLetterReason;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Dead letters by source, reason, field and view. Of each group it holds numbers and one example,
 * so memory does not grow with the topic.
 */
public final class LetterGroups {

  private final Map<Key, Tally> tallies = new HashMap<>();

  private record Key(String source, DeadLetterReason reason, String field, String view) {}

  private static final class Tally {
    private long count;
    private long again;
    private long newestMillis = Long.MIN_VALUE;
    private long oldestMillis = Long.MAX_VALUE;
    private StoredLetter example;
  }

  /**
   * Letters that are alike.
   *
   * @param field path, with {@code []} for the index of an array's element
   * @param view the view that refused them; empty for the source
   * @param count how many there are
   * @param refusedAgain how many of them are of records that had been replayed before
   * @param newest the one that was written last
   */
  public record Group(
      String source,
      DeadLetterReason reason,
      String field,
      String view,
      long count,
      long refusedAgain,
      long oldestMillis,
      long newestMillis,
      StoredLetter newest) {}

  public void add(StoredLetter stored) {
    DeadLetter letter = stored.letter();
    String field = letter.field().replaceAll("\\[\\d+]", "[]");
    Tally tally =
        tallies.computeIfAbsent(
            new Key(letter.source(), letter.reason(), field, letter.view()), key -> new Tally());
    tally.count++;
    if (letter.coordinates().replays() > 0) {
      tally.again++;
    }
    tally.oldestMillis = Math.min(tally.oldestMillis, stored.writtenMillis());
    if (stored.writtenMillis() >= tally.newestMillis) {
      tally.newestMillis = stored.writtenMillis();
      tally.example = stored;
    }
  }

  /** The largest groups first. */
  public List<Group> groups() {
    List<Group> groups = new ArrayList<>();
    tallies.forEach(
        (key, tally) ->
            groups.add(
                new Group(
                    key.source,
                    key.reason,
                    key.field,
                    key.view,
                    tally.count,
                    tally.again,
                    tally.oldestMillis,
                    tally.newestMillis,
                    tally.example)));
    groups.sort(
        Comparator.comparingLong(Group::count)
            .reversed()
            .thenComparing(Group::source)
            .thenComparing(Group::reason)
            .thenComparing(Group::field)
            .thenComparing(Group::view));
    return groups;
  }
}
