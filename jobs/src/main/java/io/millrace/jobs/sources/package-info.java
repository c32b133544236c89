/** Connectors that bring records in: Kafka topics and Postgres tables become streams of rows. */
package io.millrace.jobs.sources;
