/** The online store, filled from history by the engine that serves. */
package io.millrace.jobs.materialize;
