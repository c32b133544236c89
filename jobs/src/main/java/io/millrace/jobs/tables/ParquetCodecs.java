package io.millrace.jobs.tables;

import com.github.luben.zstd.ZstdInputStream;
import io.airlift.compress.lz4.Lz4Decompressor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.zip.GZIPInputStream;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.xerial.snappy.Snappy;

/** How Parquet's pages are packed and unpacked, without Hadoop's codecs. */
final class ParquetCodecs implements CompressionCodecFactory {

  @Override
  public BytesInputCompressor getCompressor(CompressionCodecName codec) {
    return switch (codec) {
      case UNCOMPRESSED -> new Compressor(codec, bytes -> bytes);
      case SNAPPY -> new Compressor(codec, Snappy::compress);
      default -> throw new TableException("tables are written with snappy, not with " + codec);
    };
  }

  @Override
  public BytesInputDecompressor getDecompressor(CompressionCodecName codec) {
    return switch (codec) {
      case UNCOMPRESSED -> new Decompressor((packed, size) -> packed);
      case SNAPPY -> new Decompressor((packed, size) -> Snappy.uncompress(packed));
      case GZIP ->
          new Decompressor(
              (packed, size) -> all(new GZIPInputStream(new ByteArrayInputStream(packed)), size));
      case ZSTD ->
          new Decompressor(
              (packed, size) -> all(new ZstdInputStream(new ByteArrayInputStream(packed)), size));
      case LZ4_RAW -> new Decompressor(ParquetCodecs::lz4);
      default ->
          throw new TableException(
              "the compression " + codec + " is not known: write the file with zstd or snappy");
    };
  }

  private static byte[] all(InputStream in, int size) throws IOException {
    try (in) {
      return in.readNBytes(size);
    }
  }

  private static byte[] lz4(byte[] packed, int size) {
    byte[] unpacked = new byte[size];
    new Lz4Decompressor().decompress(packed, 0, packed.length, unpacked, 0, size);
    return unpacked;
  }

  @Override
  public void release() {}

  private interface Packing {
    byte[] pack(byte[] plain) throws IOException;
  }

  private record Compressor(CompressionCodecName codec, Packing packing)
      implements BytesInputCompressor {
    @Override
    public BytesInput compress(BytesInput plain) throws IOException {
      return BytesInput.from(packing.pack(plain.toInputStream().readAllBytes()));
    }

    @Override
    public CompressionCodecName getCodecName() {
      return codec;
    }

    @Override
    public void release() {}
  }

  private interface Unpacking {
    byte[] unpack(byte[] packed, int size) throws IOException;
  }

  private record Decompressor(Unpacking unpacking) implements BytesInputDecompressor {
    @Override
    public BytesInput decompress(BytesInput packed, int size) throws IOException {

      byte[] bytes = packed.toInputStream().readAllBytes();
      return BytesInput.from(unpacking.unpack(bytes, size));
    }

    @Override
    public void decompress(ByteBuffer packed, int packedSize, ByteBuffer out, int size)
        throws IOException {
      byte[] bytes = new byte[packedSize];
      packed.get(bytes);
      out.put(unpacking.unpack(bytes, size));
    }

    @Override
    public void release() {}
  }
}
