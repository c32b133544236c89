package io.millrace.online;

import io.millrace.pipeline.FeatureViewSpec.Online;
import io.millrace.pipeline.OnlineStore;
import io.millrace.records.FeatureSchema;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads features of several views at once: one round trip (to each node of a cluster) whatever the
 * number of views and entities, and each entity once however often it is asked for. Not thread
 * safe.
 */
public final class JointReader implements AutoCloseable {

  private final List<EntityLayout> layouts = new ArrayList<>();
  private final RedisReads reads;

  /**
   * A view to read.
   *
   * @param online how it is kept
   */
  public record View(FeatureSchema schema, Online online) {}

  /**
   * An entity of a view.
   *
   * @param view index of the view
   * @param entity values of its fields, in the view's order, in the classes that {@link
   *     StoredFeatures} names
   */
  public record Question(int view, List<?> entity) {}

  /**
   * Connects with the first read.
   *
   * @throws IllegalArgumentException if the address is malformed or a layout cannot hold a type of
   *     its view
   */
  public JointReader(OnlineStore store, String pipeline, List<View> views) {
    views.forEach(view -> layouts.add(EntityLayout.of(pipeline, view.schema(), view.online())));
    reads = new RedisReads(store);
  }

  /**
   * The features of entities.
   *
   * @return in the order of the questions; empty for an entity that was never written, has expired
   *     or is deleted
   * @throws IllegalArgumentException if an entity does not fit its view
   * @throws StrangeKeyException if the key of an entity holds something that is not a hash
   * @throws IOException if Redis cannot be reached or refuses
   */
  public List<Optional<StoredFeatures>> read(List<Question> questions) throws IOException {
    List<RedisLink.Hash> hashes = new ArrayList<>();
    List<Integer> hashOfQuestion = new ArrayList<>();
    List<Map<ByteBuffer, Integer>> known = new ArrayList<>();
    layouts.forEach(any -> known.add(new HashMap<>()));
    for (Question question : questions) {
      EntityLayout layout = layouts.get(question.view());
      layout.check(question.entity());
      byte[] key = layout.key(question.entity());
      Integer place = known.get(question.view()).putIfAbsent(ByteBuffer.wrap(key), hashes.size());
      hashOfQuestion.add(place == null ? hashes.size() : place);
      if (place == null) {
        hashes.add(new RedisLink.Hash(key, layout.fields()));
      }
    }
    if (hashes.isEmpty()) {
      return List.of();
    }
    List<List<byte[]>> values = reads.asking(link -> link.read(hashes));
    List<Optional<StoredFeatures>> found = new ArrayList<>();
    for (int i = 0; i < questions.size(); i++) {
      Question question = questions.get(i);
      found.add(
          layouts
              .get(question.view())
              .decode(question.entity(), values.get(hashOfQuestion.get(i))));
    }
    return found;
  }

  @Override
  public void close() {
    reads.close();
  }
}
