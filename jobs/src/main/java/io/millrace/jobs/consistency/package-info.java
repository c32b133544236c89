/** Whether what is served is what the history says. */
package io.millrace.jobs.consistency;
