/** Reading a pipeline's dead letters from outside of its job, and sending them back to it. */
package io.millrace.jobs.letters;
