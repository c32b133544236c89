package io.millrace.sql;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** SQL is a face of schemas and operators; it knows no job and nothing behind jobs. */
@AnalyzeClasses(packages = "io.millrace", importOptions = ImportOption.DoNotIncludeTests.class)
class SqlArchitectureTest {

  @ArchTest
  static final ArchRule sqlDoesNotKnowJobs =
      noClasses()
          .that()
          .resideInAPackage("io.millrace.sql..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.millrace.jobs..",
              "io.millrace.testkit..",
              "io.millrace.quickstart..",
              "io.millrace.bench..");

  @ArchTest
  static final ArchRule nobodyBelowKnowsSql =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.millrace.sql..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.millrace.sql..");

  @ArchTest
  static final ArchRule onlyTablesOfTopicsAndDatabasesKnowConnectors =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              "io.millrace.sql.catalog..", "io.millrace.sql.postgres..", "io.millrace.testkit..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.apache.flink.streaming.connectors.kafka..",
              "org.apache.flink.connector.kafka..",
              "org.apache.kafka..",
              "org.apache.flink.cdc..",
              "org.postgresql..")
          .because("functions, models and the tables of Qdrant and Redis are used without them");
}
