/** Tables in files: CSV and Parquet, read as tallies of columns for drift statistics. */
package io.millrace.jobs.tables;
