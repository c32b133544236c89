/** Views that begin with their history: their state computed by a batch job, as a savepoint. */
package io.millrace.jobs.backfill;
