/** Connectors that take results out to Kafka topics. */
package io.millrace.jobs.sinks;
