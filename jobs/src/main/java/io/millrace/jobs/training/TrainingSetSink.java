package io.millrace.jobs.training;

import io.millrace.jobs.batch.BatchFailure;
import io.millrace.jobs.tables.ParquetRowWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.function.Function;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.RowType;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.io.OutputFile;

/**
 * Writes rows to one Parquet file, in one task of a bounded job. The file appears when it is whole:
 * until then it has another name beside it, and is removed when anything fails.
 */
final class TrainingSetSink implements Sink<RowData> {
  private static final long serialVersionUID = 1L;

  private final String file;
  private final RowType columns;
  private final Map<String, String> notes;

  /**
   * @param file absolute path
   * @param notes for the file's metadata
   */
  TrainingSetSink(String file, RowType columns, Map<String, String> notes) {
    this.file = file;
    this.columns = columns;
    this.notes = Map.copyOf(notes);
  }

  @Override
  public SinkWriter<RowData> createWriter(WriterInitContext context) throws IOException {
    return new Writer(Path.of(file), columns, notes, LocalOutputFile::new);
  }

  /** The name that a file has while it is written. */
  static Path partOf(Path file) {
    return file.resolveSibling("." + file.getFileName() + ".part");
  }

  static final class Writer implements SinkWriter<RowData> {
    private final Path file;
    private final Path part;
    private ParquetRowWriter writer;
    private boolean whole;

    /**
     * @param disk where a file of some name is written
     */
    Writer(Path file, RowType columns, Map<String, String> notes, Function<Path, OutputFile> disk)
        throws IOException {
      this.file = file;
      part = partOf(file);
      // What a killed run left behind.
      Files.deleteIfExists(part);
      try {
        writer = new ParquetRowWriter(disk.apply(part), columns, notes);
      } catch (IOException | RuntimeException failed) {
        Files.deleteIfExists(part);
        throw failed;
      }
    }

    @Override
    public void write(RowData row, Context context) throws IOException {
      try {
        writer.write(row);
      } catch (IOException full) {
        throw unwritable(full);
      }
    }

    private BatchFailure unwritable(IOException cause) {
      return new BatchFailure(
          "%s cannot be written: %s; nothing was left there".formatted(file, cause.getMessage()),
          cause);
    }

    @Override
    public void flush(boolean endOfInput) throws IOException {
      if (!endOfInput || whole) {
        return;
      }
      try {
        writer.close();
        writer = null;
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        whole = true;
      } catch (IOException full) {
        throw unwritable(full);
      }
    }

    @Override
    public void close() throws IOException {
      if (whole) {
        return;
      }
      try {
        if (writer != null) {
          writer.close();
        }
      } catch (IOException | RuntimeException again) {
        // The file goes in any case, and the first failure is the one that is told.
      } finally {
        Files.deleteIfExists(part);
      }
    }
  }
}
