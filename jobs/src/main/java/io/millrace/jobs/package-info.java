/** Entry points: from a pipeline file to a running job. Wiring lives here, arithmetic does not. */
package io.millrace.jobs;
