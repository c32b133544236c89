package io.millrace.jobs;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.stream.Stream;

/** The arrows of the house point one way: schemas, then operators, then jobs. */
@AnalyzeClasses(packages = "io.millrace", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String[] SCHEMAS = {
    "io.millrace.document..",
    "io.millrace.pipeline..",
    "io.millrace.contract..",
    "io.millrace.records.."
  };
  private static final String[] OPERATORS = {
    "io.millrace.expressions..",
    "io.millrace.ingest..",
    "io.millrace.features..",
    "io.millrace.training..",
    "io.millrace.ondemand..",
    "io.millrace.sketch..",
    "io.millrace.drift..",
    "io.millrace.delivery..",
    "io.millrace.online..",
    "io.millrace.embedding..",
    "io.millrace.vectors..",
    "io.millrace.duplicates..",
    "io.millrace.replay..",
    "io.millrace.formats..",
    "io.millrace.inference..",
    "io.millrace.matching..",
    "io.millrace.pii..",
    "io.millrace.quality..",
    "io.millrace.evolution..",
    "io.millrace.offline.."
  };
  private static final String[] BEHAVIOUR =
      Stream.concat(Stream.of(OPERATORS), Stream.of("io.millrace.jobs..", "io.millrace.testkit.."))
          .toArray(String[]::new);
  private static final String[] CONNECTORS = {
    "org.apache.flink.connector.kafka..", "org.apache.flink.cdc..", "org.apache.kafka.."
  };

  @ArchTest
  static final ArchRule schemasKnowNobody =
      noClasses()
          .that()
          .resideInAnyPackage(SCHEMAS)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(BEHAVIOUR)
          .because("schemas describe what travels and rests; behaviour depends on them");

  @ArchTest
  static final ArchRule schemasNeedNoFlinkRuntime =
      noClasses()
          .that()
          .resideInAnyPackage(SCHEMAS)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.flink.streaming..", "org.apache.flink.runtime..")
          .because("a producer or a client can use the schemas without a Flink runtime");

  @ArchTest
  static final ArchRule operatorsDoNotKnowJobs =
      noClasses()
          .that()
          .resideInAnyPackage(OPERATORS)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.millrace.jobs..", "io.millrace.testkit..");

  @ArchTest
  static final ArchRule onlyJobsKnowConnectors =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              "io.millrace.jobs..",
              // Tables of SQL are connectors, too.
              "io.millrace.sql..",
              "io.millrace.testkit..",
              "io.millrace.quickstart..",
              "io.millrace.bench..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(CONNECTORS)
          .because("an operator is tested and reused without a broker or a database");

  @ArchTest
  static final ArchRule operatorsDoNotParseFiles =
      noClasses()
          .that()
          .resideInAnyPackage(OPERATORS)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.yaml..", "com.networknt..")
          .because("operators receive values, never files");

  @ArchTest
  static final ArchRule onlyHistoryKnowsIceberg =
      noClasses()
          .that()
          .resideOutsideOfPackages("io.millrace.jobs.offline..", "io.millrace.sql.history..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.iceberg..")
          .because("everything else runs without it");

  @ArchTest
  static final ArchRule sessionsNeedOnnxRuntimeOnly =
      classes()
          .that()
          .resideInAPackage("io.millrace.embedding.session..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage("io.millrace.embedding.session..", "ai.onnxruntime..", "java..")
          .because("they lie in Flink's lib folder, where nothing else of ours does");

  @ArchTest
  static final ArchRule onlyTheEncoderKnowsOnnxRuntime =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              "io.millrace.embedding.session..",
              "io.millrace.embedding.onnx..",
              "io.millrace.sql.onnx..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("ai.onnxruntime..")
          .because("everything else runs without it");

  @ArchTest
  static final ArchRule testkitKnowsNobody =
      noClasses()
          .that()
          .resideInAPackage("io.millrace.testkit..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.millrace.pipeline..",
              "io.millrace.contract..",
              "io.millrace.records..",
              "io.millrace.features..",
              "io.millrace.training..",
              "io.millrace.ingest..",
              "io.millrace.online..",
              "io.millrace.vectors..",
              "io.millrace.replay..",
              "io.millrace.formats..",
              "io.millrace.jobs..");

  @ArchTest
  static final ArchRule capabilitiesDoNotRunInCircles =
      slices().matching("io.millrace.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule noDrawersForLeftOvers =
      noClasses()
          .should()
          .resideInAnyPackage(
              "..util..", "..utils..", "..common..", "..helpers..", "..pojo..", "..misc..")
          .because("a package is named after a capability");
}
