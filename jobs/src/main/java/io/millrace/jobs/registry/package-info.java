/** Which features there are, what they mean, and whether that has changed. */
package io.millrace.jobs.registry;
