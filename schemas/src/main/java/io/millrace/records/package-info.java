/** What Millrace itself writes to topics and stores, with the type information Flink needs. */
package io.millrace.records;
