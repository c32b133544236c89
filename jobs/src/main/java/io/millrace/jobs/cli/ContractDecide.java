package io.millrace.jobs.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.contract.ContractVersion;
import io.millrace.document.Environment;
import io.millrace.jobs.contracts.ContractDesk;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.Source;
import io.millrace.records.ControlMessage;
import io.millrace.records.ControlMessage.Action;
import io.millrace.records.ControlMessage.Subject;
import io.millrace.records.SchemaChange;
import io.millrace.records.SchemaChangeJson;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code millrace contract approve|revoke PIPELINE SOURCE.FIELD}. */
abstract class ContractDecide extends ContractCommand.Reading {

  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private final Action action;

  @Parameters(
      paramLabel = "SOURCE.FIELD",
      index = "1",
      description = "A source, and the name under which producers send the field.")
  private String target;

  @Option(
      names = "--as",
      paramLabel = "FIELD",
      description = "The field of the contract that it stands for; by default the suggested one.")
  private String as = "";

  @Option(
      names = "--type",
      paramLabel = "TYPE",
      description = "A type for the field, in SQL, for example 'DECIMAL(12,2)'.")
  private String type = "";

  @Option(
      names = "--no-replay",
      description =
          "Leave the records that were refused because of the field where they are; by default they"
              + " are read again, see dead-letters replay.")
  private boolean noReplay;

  ContractDecide(Environment environment, Action action) {
    super(environment);
    this.action = action;
  }

  /** {@code millrace contract approve}. */
  @Command(
      name = "approve",
      description = {
        "Makes a suggestion part of the running job's contract, within about a second: a renamed"
            + " field, a new field, or a wider type.",
        ""
      },
      mixinStandardHelpOptions = true,
      sortOptions = false,
      exitCodeListHeading = "%nExit codes:%n",
      exitCodeList = {
        "0:The job has done it.",
        "1:The job has answered why it cannot be done.",
        "2:The pipeline file has problems; they were printed.",
        "64:There is nothing to decide about the field; say --as or --type.",
        "69:Kafka, or the job, does not answer."
      },
      footer = {
        "",
        "For example:",
        "  millrace contract approve conf/pipelines/flights.yaml flights.destination",
        "  millrace contract approve conf/pipelines/flights.yaml flights.to_airport --as dest",
        "  millrace contract approve conf/pipelines/flights.yaml flights.flight --type BIGINT"
      })
  static final class Approve extends ContractDecide {
    Approve(Environment environment) {
      super(environment, Action.APPROVE);
    }
  }

  /** {@code millrace contract revoke}. */
  @Command(
      name = "revoke",
      description = {
        "Takes back what was applied, or refuses what was suggested; it is not suggested again.",
        ""
      },
      mixinStandardHelpOptions = true,
      sortOptions = false,
      exitCodeListHeading = "%nExit codes:%n",
      exitCodeList = {
        "0:The job has done it.",
        "1:The job has answered why it cannot be done.",
        "2:The pipeline file has problems; they were printed.",
        "64:There is nothing to decide about the field.",
        "69:Kafka, or the job, does not answer."
      })
  static final class Revoke extends ContractDecide {
    Revoke(Environment environment) {
      super(environment, Action.REVOKE);
    }
  }

  @Override
  int run(Pipeline pipeline, ContractDesk desk) throws IOException, InterruptedException {
    int dot = target.indexOf('.');
    if (dot < 1) {
      throw usage("write SOURCE.FIELD, for example " + pipeline.sources().get(0).name() + ".gate");
    }
    Source source = source(pipeline, target.substring(0, dot));
    List<SchemaChange> changes = desk.changes(source.name());
    ControlMessage message =
        message(source, target.substring(dot + 1), changes, newest(source, desk.versions()));
    desk.send(message);
    Optional<SchemaChange> answer = desk.answer(message, changes.size(), PATIENCE);
    if (answer.isEmpty()) {
      complain(
          ("the message stands on topic %s, but no job has answered within %d s; it is obeyed when"
                  + " the job runs")
              .formatted(pipeline.topics().control(), PATIENCE.toSeconds()));
      return ExitCodes.UNAVAILABLE;
    }
    SchemaChange said = answer.get();
    if (json) {
      ObjectMapper mapper = new ObjectMapper();
      out().println(mapper.readTree(SchemaChangeJson.encode(said)));
    } else {
      out()
          .println(
              "%s (contract version %s)"
                  .formatted(ContractText.answer(said), said.contractVersion()));
    }
    if (said.status() == SchemaChange.Status.REJECTED) {
      return ExitCodes.NOT_FOUND;
    }
    if (!noReplay) {
      String replayed = ContractReplay.of(pipeline, message);
      // Lines of JSON are for programs.
      (json ? err() : out()).print(replayed);
      err().flush();
    }
    return ExitCodes.OK;
  }

  private ControlMessage message(
      Source source, String field, List<SchemaChange> changes, ContractVersion version) {
    Optional<SchemaChange> suggested =
        ContractDesk.open(changes).stream()
            .filter(change -> change.field().equals(field))
            .filter(change -> as.isEmpty() || change.kind() == SchemaChange.Kind.RENAME)
            .filter(change -> type.isEmpty() || change.kind() == SchemaChange.Kind.TYPE_CHANGE)
            .findFirst();
    if (!as.isEmpty() && !type.isEmpty()) {
      throw usage("say either --as or --type");
    }
    if (!as.isEmpty()) {
      return message(source, Subject.RENAME, field, as);
    }
    if (!type.isEmpty()) {
      return message(source, Subject.TYPE, field, type);
    }
    if (suggested.isPresent()) {
      return switch (suggested.get().kind()) {
        case RENAME -> message(source, Subject.RENAME, field, suggested.get().before());
        case TYPE_CHANGE ->
            message(
                source,
                Subject.TYPE,
                field,
                action == Action.APPROVE ? suggested.get().after() : suggested.get().before());
        default -> message(source, Subject.NEW_FIELD, field, "");
      };
    }
    if (version.fieldOfAlias(field).isPresent()) {
      return message(
          source, Subject.RENAME, field, version.fieldOfAlias(field).orElseThrow().name());
    }
    if (source.contract().field(field).isEmpty()) {
      return message(source, Subject.NEW_FIELD, field, "");
    }
    if (action == Action.REVOKE) {
      return message(
          source,
          Subject.TYPE,
          field,
          source.contract().field(field).orElseThrow().type().asSummaryString());
    }
    throw usage(
        "nothing waits about field %s of source %s; say --type to widen it"
            .formatted(field, source.name()));
  }

  private ControlMessage message(Source source, Subject subject, String field, String target) {
    return new ControlMessage(
        UUID.randomUUID().toString(),
        action,
        subject,
        source.name(),
        field,
        target,
        System.getProperty("user.name", "somebody"),
        System.currentTimeMillis());
  }

  private ParameterException usage(String problem) {
    return new ParameterException(spec.commandLine(), problem);
  }
}
