/**
 * History tables in Apache Iceberg: catalogs, the sink, reading history back, and upkeep. The only
 * package that knows Iceberg and Hadoop, which a job without {@code offline} runs without.
 */
package io.millrace.jobs.offline;
