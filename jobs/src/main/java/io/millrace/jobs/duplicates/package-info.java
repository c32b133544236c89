/** The duplicates that a pipeline has found, as they stand on its topics. */
package io.millrace.jobs.duplicates;
