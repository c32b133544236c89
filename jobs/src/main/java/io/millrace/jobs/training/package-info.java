/** Training sets from files and topics: where history comes from, and where the set goes. */
package io.millrace.jobs.training;
