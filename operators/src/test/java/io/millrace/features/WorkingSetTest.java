package io.millrace.features;

import static io.millrace.pipeline.AggregateFunction.COUNT;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.VarCharType;
import org.junit.jupiter.api.Test;

class WorkingSetTest {
  private static final long SEED = Long.getLong("millrace.seed", 20260101);

  private final StateShape shape =
      StateShape.of(ViewFixture.hop(10).with("rides", COUNT, "*", 40).plan());
  private final WorkingSet keys = new WorkingSet(shape);
  private final EntityKeySelector selector =
      new EntityKeySelector(RowType.of(VarCharType.STRING_TYPE, new BigIntType()));
  private final EntityReader reader = new EntityReader(selector);

  private static RowData row(String text, Long number) {
    return GenericRowData.of(text == null ? null : StringData.fromString(text), number, "value");
  }

  private LiveKey find(RowData row) {
    reader.read(row);
    return keys.find(reader);
  }

  private LiveKey add(RowData row) {
    assertThat(find(row)).isNull();
    LiveKey key = reader.toKey(reader.copy(), new Head(shape));
    keys.add(key);
    return key;
  }

  @Test
  void shouldTellEntitiesApartThatDifferOnlyAtTheirEnds() {
    String longName = "a name that takes more than one word ";
    LiveKey one = add(row(longName + "1", 7L));
    LiveKey two = add(row(longName + "2", 7L));
    LiveKey longer = add(row(longName + "12", 7L));
    LiveKey other = add(row(longName + "1", 8L));
    LiveKey without = add(row(longName + "1", null));
    LiveKey nobody = add(row(null, 7L));
    LiveKey zero = add(row("", 0L));
    assertThat(find(row(longName + "1", 7L))).isSameAs(one);
    assertThat(find(row(longName + "2", 7L))).isSameAs(two);
    assertThat(find(row(longName + "12", 7L))).isSameAs(longer);
    assertThat(find(row(longName + "1", 8L))).isSameAs(other);
    assertThat(find(row(longName + "1", null))).isSameAs(without);
    assertThat(find(row(null, 7L))).isSameAs(nobody);
    assertThat(find(row("", 0L))).isSameAs(zero);
    assertThat(find(row(null, null))).isNull();
  }

  @Test
  void shouldKeepTheEntityAsFlinkKeepsItForItsOwnState() throws Exception {
    LiveKey key = add(row("a name that takes more than one word", 7L));
    assertThat(key.entity)
        .isEqualTo(selector.getKey(row("a name that takes more than one word", 7L)))
        .hasSameHashCodeAs(selector.getKey(row("a name that takes more than one word", 7L)));
    find(row("another", 8L));
    assertThat(key.entity.getString(0)).hasToString("a name that takes more than one word");
  }

  @Test
  void shouldBeLikeAHashMapWhateverComesAndGoes() {
    Random random = new Random(SEED);
    System.out.printf("WorkingSetTest: seed %d%n", SEED);
    Map<String, LiveKey> expected = new HashMap<>();
    for (int step = 0; step < 30_000; step++) {
      int number = random.nextInt(1 + step / 10);
      String text = number % 3 == 0 ? "x".repeat(number % 20) + number : "n" + number;
      LiveKey found = find(row(text, (long) number));
      assertThat(found).as("seed %d step %d", SEED, step).isSameAs(expected.get(text));
      if (found == null) {
        LiveKey key = add(row(text, (long) number));
        key.tiles = number % 5;
        keys.weigh(key);
        expected.put(text, key);
      } else if (random.nextInt(2) == 0) {
        keys.remove(found);
        expected.remove(text);
      }
      assertThat(keys.size()).isEqualTo(expected.size());
    }
    long tiles = expected.values().stream().mapToLong(key -> key.tiles).sum();
    assertThat(keys.bytes())
        .isEqualTo(
            (long) expected.size() * WorkingMemory.bytesOfKey(shape)
                + tiles * WorkingMemory.bytesOfTile(shape));
  }

  @Test
  void shouldLetGoOfWhatWasNotUsedForLongest() {
    Map<LiveKey, String> names = new HashMap<>();
    for (int i = 0; i < 40; i++) {
      LiveKey key = add(row("n" + i, (long) i));
      key.used = i != 17;
      names.put(key, "n" + i);
    }
    LiveKey first = keys.leastUsed();
    assertThat(names).containsEntry(first, "n17");
    keys.remove(first);
    // All others had been used once; the hand has gone past them or will find them unused.
    assertThat(keys.leastUsed()).isNotNull();
    assertThat(keys.size()).isEqualTo(39);
  }
}
