/**
 * From bytes and database changes to rows with an event time, or to a dead letter that says why.
 */
package io.millrace.ingest;
