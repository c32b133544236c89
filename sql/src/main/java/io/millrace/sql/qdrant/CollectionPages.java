package io.millrace.sql.qdrant;

import io.millrace.sql.scans.Pages;
import io.millrace.vectors.PointReader;
import java.io.IOException;

/** A collection's points by their ids, as a scan reads them. */
record CollectionPages(PointReader reader, int most) implements Pages {

  record Opener(QdrantAccess access, int most) implements Pages.Opener {
    private static final long serialVersionUID = 1L;

    @Override
    public Pages open() throws IOException, InterruptedException {
      return new CollectionPages(access.open(), most);
    }
  }

  @Override
  public Page after(String position) throws IOException, InterruptedException {
    PointReader.Page page = reader.scan(position, most);
    return new Page(page.ids(), page.rows(), page.last());
  }

  @Override
  public void close() {
    reader.close();
  }
}
