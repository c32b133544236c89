package io.millrace.bench;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * A table with ten columns of numbers and five of categories, the same for every contestant:
 * normal, lognormal, whole minutes with a long tail, uniform and mostly zero ones, and names from 2
 * to 2,000, some frequent. The second of two tables has drifted in three columns.
 */
final class DriftTable {
  static final int NUMBERS = 10;
  static final int CATEGORIES = 5;
  private static final int[] NAMES = {2, 8, 30, 300, 2000};
  private static final String[] NAME = new String[2000];

  static {
    Arrays.setAll(NAME, code -> "name " + code);
  }

  private final double[][] numbers;
  private final int[][] codes;

  private DriftTable(double[][] numbers, int[][] codes) {
    this.numbers = numbers;
    this.codes = codes;
  }

  static DriftTable of(int rows, long seed, boolean drifted) {
    SplittableRandom random = new SplittableRandom(seed);
    double[][] numbers = new double[NUMBERS][rows];
    int[][] codes = new int[CATEGORIES][rows];
    for (int column = 0; column < NUMBERS; column++) {
      double shift = drifted && column < 2 ? 0.5 : 0;
      for (int row = 0; row < rows; row++) {
        double normal = random.nextGaussian() + shift;
        numbers[column][row] =
            switch (column % 5) {
              case 0 -> normal;
              case 1 -> Math.exp(normal);
              case 2 -> Math.floor(20 * Math.pow(1 - random.nextDouble(), -0.6)) - 25;
              case 3 -> random.nextDouble() * 1000;
              default -> random.nextDouble() < 0.7 ? 0 : normal;
            };
      }
    }
    for (int column = 0; column < CATEGORIES; column++) {
      double power = drifted && column == 2 ? 3 : 2;
      for (int row = 0; row < rows; row++) {
        codes[column][row] = (int) (NAMES[column] * Math.pow(random.nextDouble(), power));
      }
    }
    return new DriftTable(numbers, codes);
  }

  int rows() {
    return numbers[0].length;
  }

  double[] numbers(int column) {
    return numbers[column];
  }

  /** The name in a row of a column of categories. */
  String category(int column, int row) {
    return NAME[codes[column][row]];
  }

  int[] codes(int column) {
    return codes[column];
  }

  static int names(int column) {
    return NAMES[column];
  }

  /** Writes a file per column, little-endian: n0.f64 to n9.f64, and the codes c0.i32 to c4.i32. */
  void write(Path folder) throws IOException {
    Files.createDirectories(folder);
    for (int column = 0; column < NUMBERS; column++) {
      ByteBuffer bytes = ByteBuffer.allocate(rows() * Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      bytes.asDoubleBuffer().put(numbers[column]);
      write(folder.resolve("n" + column + ".f64"), bytes);
    }
    for (int column = 0; column < CATEGORIES; column++) {
      ByteBuffer bytes = ByteBuffer.allocate(rows() * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      bytes.asIntBuffer().put(codes[column]);
      write(folder.resolve("c" + column + ".i32"), bytes);
    }
  }

  private static void write(Path file, ByteBuffer bytes) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      out.write(bytes.array());
    }
  }
}
