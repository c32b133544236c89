/** The topics through which contracts of running jobs are kept, told and changed. */
package io.millrace.jobs.contracts;
