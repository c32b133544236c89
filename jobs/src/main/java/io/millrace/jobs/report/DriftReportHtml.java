package io.millrace.jobs.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A drift report as one HTML file that needs nothing else: styles, scripts, the chart library and
 * the data are inside, and a content security policy keeps it from asking any network.
 */
public final class DriftReportHtml {
  private static final String CHART =
      "/META-INF/resources/webjars/chart.js/4.5.1/dist/chart.umd.min.js";

  private DriftReportHtml() {}

  /** Writes the file, over one that is there. */
  public static void write(DriftReport report, Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    Files.createDirectories(folder);
    Files.writeString(file, html(report), UTF_8);
  }

  public static String html(DriftReport report) {
    // A text in the data must not end the script element it stands in.
    String data = report.json().toString().replace("<", "\\u003c");
    String chart = resource(CHART).replaceAll("(?m)^//# sourceMappingURL=.*$", "");
    return resource("report.html")
        .replace("/*title*/", escaped("Data drift: " + report.json().path("title").asText()))
        .replace("/*style*/", resource("report.css"))
        .replace("/*chart*/", chart)
        .replace("/*script*/", resource("report.js"))
        .replace("/*data*/", data);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  private static String resource(String name) {
    try (InputStream in = DriftReportHtml.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the report's part " + name + " is not on the class path");
      }
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException unreadable) {
      throw new IllegalStateException("the report's part " + name + " cannot be read", unreadable);
    }
  }
}
