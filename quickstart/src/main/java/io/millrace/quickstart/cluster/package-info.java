/**
 * The same services as processes of their own, with a real Flink cluster, and how to talk to it.
 */
package io.millrace.quickstart.cluster;
