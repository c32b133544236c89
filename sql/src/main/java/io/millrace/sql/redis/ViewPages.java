package io.millrace.sql.redis;

import io.millrace.online.FeatureReader;
import io.millrace.online.FeatureRows;
import io.millrace.online.StoredFeatures;
import io.millrace.online.StrangeKeyException;
import io.millrace.sql.scans.Pages;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.apache.flink.table.data.RowData;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A view's entities in the order of their keys. All keys are asked for at the beginning, and again
 * after a failure: Redis's own scan neither has an order nor can be continued. Memory: some 100
 * bytes for each entity.
 */
final class ViewPages implements Pages {

  record Opener(RedisTable.Access access, FeatureRows rows, int most) implements Pages.Opener {
    private static final long serialVersionUID = 1L;

    @Override
    public Pages open() {
      return new ViewPages(access.open(), rows, most);
    }
  }

  private static final Logger LOG = LoggerFactory.getLogger(ViewPages.class);

  private final FeatureReader reader;
  private final FeatureRows rows;
  private final int most;
  private List<byte[]> keys;

  private ViewPages(FeatureReader reader, FeatureRows rows, int most) {
    this.reader = reader;
    this.rows = rows;
    this.most = most;
  }

  @Override
  public Page after(String position) throws IOException {
    if (keys == null) {
      keys = reader.keys();
    }
    int from = 0;
    if (!position.isEmpty()) {
      byte[] last = HexFormat.of().parseHex(position);
      int found = Collections.binarySearch(keys, last, Arrays::compareUnsigned);
      from = found < 0 ? -found - 1 : found + 1;
    }
    List<String> positions = new ArrayList<>();
    List<RowData> page = new ArrayList<>();
    int to = from;
    while (page.isEmpty() && to < keys.size()) {
      from = to;
      to = Math.min(keys.size(), from + most);
      List<Optional<StoredFeatures>> stored = read(keys.subList(from, to));
      for (int i = 0; i < stored.size(); i++) {
        if (stored.get(i).isPresent()) {
          positions.add(HexFormat.of().formatHex(keys.get(from + i)));
          page.add(rows.row(stored.get(i).get()));
        }
      }
    }
    return new Page(positions, page, to == keys.size());
  }

  /** The features under keys; none for an entity that cannot be read as the table declares it. */
  private List<Optional<StoredFeatures>> read(List<byte[]> some) throws IOException {
    try {
      return reader.readKeys(some);
    } catch (IllegalArgumentException | StrangeKeyException strange) {
      if (some.size() == 1) {
        LOG.warn("an entity is left out: {}", strange.getMessage());
        return List.of(Optional.empty());
      }
    }
    List<Optional<StoredFeatures>> readable = new ArrayList<>(some.size());
    for (byte[] key : some) {
      readable.addAll(read(List.of(key)));
    }
    return readable;
  }

  @Override
  public void close() {
    reader.close();
  }
}
