package io.millrace.quickstart;

import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What a person sees: steps, one progress line, tables. Colours and a moving line on a terminal,
 * plain lines elsewhere ({@code NO_COLOR} is respected). NOT thread safe.
 */
public final class Screen {

  private static final long PLAIN_PROGRESS_EVERY_NANOS = Duration.ofSeconds(5).toNanos();

  private static final String BOLD = "1";
  private static final String DIM = "2";
  private static final String RED = "31";
  private static final String GREEN = "32";
  private static final String CYAN = "36";

  private final PrintStream out;
  private final boolean terminal;
  private final boolean colours;
  private boolean progressShown;
  private long plainProgressNanos;

  private Screen(PrintStream out, boolean terminal, boolean colours) {
    this.out = out;
    this.terminal = terminal;
    this.colours = colours;
  }

  /** Standard output, as it is. */
  public static Screen standard() {
    Map<String, String> environment = System.getenv();
    boolean terminal =
        System.console() != null && !"dumb".equals(environment.getOrDefault("TERM", "dumb"));
    return new Screen(System.out, terminal, terminal && !environment.containsKey("NO_COLOR"));
  }

  /** Plain lines without colours, for tests and files. */
  public static Screen plain(PrintStream out) {
    return new Screen(out, false, false);
  }

  public void title(String title, String rest) {
    line("");
    line("  " + paint(BOLD, title) + "  " + paint(DIM, rest));
    line("");
  }

  /** Something that was done: a check mark, a name, and what to know about it. */
  public void done(String name, String detail) {
    line("  " + paint(GREEN, "✓") + " " + "%-10s".formatted(name) + " " + detail);
  }

  /** Something that went wrong. */
  public void failed(String name, String detail) {
    line("  " + paint(RED, "✗") + " " + "%-10s".formatted(name) + " " + detail);
  }

  /** Something that is done to the system on purpose. */
  public void event(String name, String detail) {
    line("  " + paint(CYAN, "→") + " " + "%-10s".formatted(name) + " " + detail);
  }

  public void line(String text) {
    clearProgress();
    out.println(text);
    out.flush();
  }

  /** Aside: less important than the lines around it. */
  public void note(String text) {
    line(paint(DIM, text));
  }

  public void heading(String text) {
    line("");
    line("  " + paint(BOLD, text));
  }

  /**
   * The current state of something that goes on; replaces the previous one on a terminal, and is
   * printed every five seconds elsewhere.
   *
   * @param share from 0 to 1
   */
  public void progress(double share, String text) {
    double bounded = Math.max(0, Math.min(1, share));
    if (terminal) {
      int width = 24;
      int filled = (int) Math.round(bounded * width);
      String bar = "█".repeat(filled) + "░".repeat(width - filled);
      out.print(
          "\r\u001b[2K  "
              + paint(CYAN, bar)
              + " "
              + "%3.0f%%".formatted(bounded * 100)
              + "  "
              + text);
      out.flush();
      progressShown = true;
    } else if (System.nanoTime() - plainProgressNanos > PLAIN_PROGRESS_EVERY_NANOS) {
      plainProgressNanos = System.nanoTime();
      out.println("    " + "%3.0f%%".formatted(bounded * 100) + "  " + text);
      out.flush();
    }
  }

  private void clearProgress() {
    if (progressShown) {
      out.print("\r\u001b[2K");
      progressShown = false;
    }
  }

  /** Columns as wide as their widest cell; numbers to the right. */
  public void table(List<String> header, List<List<String>> rows) {
    int[] widths = new int[header.size()];
    for (int column = 0; column < widths.length; column++) {
      widths[column] = header.get(column).length();
      for (List<String> row : rows) {
        widths[column] = Math.max(widths[column], row.get(column).length());
      }
    }
    line("    " + paint(DIM, cells(header, header, widths)));
    for (List<String> row : rows) {
      line("    " + cells(row, rows.get(0), widths));
    }
  }

  private static String cells(List<String> row, List<String> first, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int column = 0; column < widths.length; column++) {
      boolean number = column > 0 && first.get(column).matches("[-+]?[0-9][0-9.,]*%?|-");
      String padding = " ".repeat(widths[column] - row.get(column).length());
      line.append(number ? padding + row.get(column) : row.get(column) + padding).append("  ");
    }
    return line.toString().stripTrailing();
  }

  private String paint(String code, String text) {
    return colours ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }
}
