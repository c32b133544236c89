package io.millrace.jobs;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.config.Property;

/** What is logged from INFO on until this is closed, with the texts of exceptions. */
final class CapturedLogs implements AutoCloseable {

  private final Lines lines = new Lines();
  private final LoggerContext context = (LoggerContext) LogManager.getContext(false);
  private final List<String> loggers = new ArrayList<>();

  private static final class Lines extends AbstractAppender {
    private final Queue<String> lines = new ConcurrentLinkedQueue<>();

    Lines() {
      super("captured", null, null, true, Property.EMPTY_ARRAY);
    }

    @Override
    public void append(LogEvent event) {
      StringBuilder line = new StringBuilder(event.getMessage().getFormattedMessage());
      for (Throwable each = event.getThrown(); each != null; each = each.getCause()) {
        line.append(System.lineSeparator()).append(each);
      }
      lines.add(line.toString());
    }
  }

  static CapturedLogs of(String... loggers) {
    CapturedLogs logs = new CapturedLogs();
    logs.lines.start();
    for (String logger : loggers) {
      LoggerConfig config = new LoggerConfig(logger, Level.INFO, false);
      config.addAppender(logs.lines, Level.INFO, null);
      logs.context.getConfiguration().addLogger(logger, config);
      logs.loggers.add(logger);
    }
    logs.context.updateLoggers();
    return logs;
  }

  String text() {
    return String.join(System.lineSeparator(), lines.lines);
  }

  @Override
  public void close() {
    loggers.forEach(context.getConfiguration()::removeLogger);
    context.updateLoggers();
    lines.stop();
  }
}
