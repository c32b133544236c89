/** The command {@code millrace}: what a person asks of pipeline files and of the online store. */
package io.millrace.jobs.cli;
