/** Real servers and real data for tests, the quickstart and the drills; knows nothing of Flink. */
package io.millrace.testkit;
