package io.millrace.online;

import io.millrace.pipeline.FeatureViewSpec.Online;
import io.millrace.pipeline.OnlineStore;
import io.millrace.records.FeatureSchema;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.flink.table.data.RowData;

/**
 * Reads a view's features from the online store, in either layout. One round trip (to each node of
 * a cluster) whatever the number of entities. Not thread safe.
 */
public final class FeatureReader implements AutoCloseable {

  private final FeatureSchema schema;
  private final EntityLayout layout;
  private final RedisReads reads;

  /**
   * Connects with the first read.
   *
   * @throws IllegalArgumentException if the address is malformed or the layout cannot hold a type
   *     of the view
   */
  public FeatureReader(OnlineStore store, String pipeline, FeatureSchema schema, Online online) {
    reads = new RedisReads(store);
    this.schema = schema;
    layout = EntityLayout.of(pipeline, schema, online);
  }

  /**
   * The features of entities.
   *
   * @param entities per entity the values of the view's entity fields, in the view's order, in the
   *     classes that {@link StoredFeatures} names
   * @return in the same order; empty for an entity that was never written, has expired or is
   *     deleted
   * @throws IllegalArgumentException if an entity does not fit the view
   * @throws StrangeKeyException if the key of an entity holds something that is not a hash
   * @throws IOException if Redis cannot be reached or refuses
   */
  public List<Optional<StoredFeatures>> read(List<? extends List<?>> entities) throws IOException {
    List<List<byte[]>> values = fetch(keys(entities));
    List<Optional<StoredFeatures>> found = new ArrayList<>();
    for (int i = 0; i < values.size(); i++) {
      found.add(layout.decode(entities.get(i), values.get(i)));
    }
    return found;
  }

  /**
   * The features of entities as rows: {@link #read} without the names that it gives to each value,
   * which would cost as much as the rest of a lookup.
   *
   * @param rows made with the schema of this reader
   * @throws IllegalArgumentException if an entity does not fit the view
   * @throws StrangeKeyException if the key of an entity holds something that is not a hash
   * @throws IOException if Redis cannot be reached or refuses
   */
  public List<Optional<RowData>> readRows(List<? extends List<?>> entities, FeatureRows rows)
      throws IOException {
    List<List<byte[]>> values = fetch(keys(entities));
    List<Optional<RowData>> found = new ArrayList<>(values.size());
    for (int i = 0; i < values.size(); i++) {
      StoredValues stored = layout.decode(values.get(i));
      found.add(stored == null ? Optional.empty() : Optional.of(rows.row(entities.get(i), stored)));
    }
    return found;
  }

  private List<byte[]> keys(List<? extends List<?>> entities) {
    List<byte[]> keys = new ArrayList<>(entities.size());
    for (List<?> entity : entities) {
      layout.check(entity);
      keys.add(layout.key(entity));
    }
    return keys;
  }

  /**
   * The same reader, which waits out an outage up to this patience before it throws.
   *
   * @return this
   */
  public FeatureReader waiting(Duration longest) {
    reads.waiting(longest);
    return this;
  }

  /**
   * The keys of all entities, in the order of their bytes, those of deleted entities included.
   * Memory: all keys at once, some 100 bytes each.
   *
   * @throws IOException if Redis cannot be reached or refuses
   */
  public List<byte[]> keys() throws IOException {
    NavigableSet<byte[]> keys = new TreeSet<>(Arrays::compareUnsigned);
    reads.asking(
        link -> {
          keys.clear();
          link.scan(
              layout.pattern(),
              key -> {
                if (layout.entity(key).isPresent()) {
                  keys.add(key);
                }
              });
          return keys;
        });
    return new ArrayList<>(keys);
  }

  /**
   * The features under keys of {@link #keys}, in their order; empty as in {@link #read}.
   *
   * @throws StrangeKeyException if the key of an entity holds something that is not a hash
   * @throws IOException if Redis cannot be reached or refuses
   */
  public List<Optional<StoredFeatures>> readKeys(List<byte[]> keys) throws IOException {
    List<List<byte[]>> values = fetch(keys);
    List<Optional<StoredFeatures>> found = new ArrayList<>();
    for (int i = 0; i < values.size(); i++) {
      List<byte[]> stored = values.get(i);
      found.add(layout.entity(keys.get(i)).flatMap(entity -> layout.decode(entity, stored)));
    }
    return found;
  }

  private List<List<byte[]>> fetch(List<byte[]> keys) throws IOException {
    return reads.asking(link -> link.read(keys, layout.fields()));
  }

  /**
   * An entity from text: its values in the view's order, separated by commas, or each as {@code
   * field=value} in any order. The text of an entity with one field is taken as it is, commas
   * included.
   *
   * @throws IllegalArgumentException if a field is missing, unknown or has no such value
   */
  public static List<Object> entity(FeatureSchema schema, String text) {
    List<String> names = schema.entity().getFieldNames();
    String[] parts = names.size() == 1 ? new String[] {text} : text.split(",", -1);
    String expected =
        names.size() == 1
            ? "a value of " + names.get(0)
            : String.join(",", names) + ", or " + names.get(0) + "=...," + names.get(1) + "=...";
    if (parts.length != names.size()) {
      throw new IllegalArgumentException(
          "key %s has %d values, expected %s".formatted(text, parts.length, expected));
    }
    Object[] entity = new Object[parts.length];
    for (int i = 0; i < parts.length; i++) {
      int equals = parts[i].indexOf('=');
      int named = equals < 0 ? -1 : names.indexOf(parts[i].substring(0, equals));
      int field = named < 0 ? i : named;
      if (entity[field] != null) {
        throw new IllegalArgumentException(
            "key %s gives %s twice, expected %s".formatted(text, names.get(field), expected));
      }
      String value = named < 0 ? parts[i] : parts[i].substring(equals + 1);
      try {
        entity[field] = TextValues.parse(schema.entity().getTypeAt(field), value);
      } catch (IllegalArgumentException problem) {
        throw new IllegalArgumentException(
            "key %s, %s: %s".formatted(text, names.get(field), problem.getMessage()), problem);
      }
    }
    return List.of(entity);
  }

  /** A value as {@code HGETALL} shows it in the hash layout; {@code null} for null. */
  public static String text(Object value) {
    return value == null ? "null" : TextValues.format(value);
  }

  @Override
  public void close() {
    reads.close();
  }
}
