/** Data contracts (Open Data Contract Standard v3) and the Flink row types they stand for. */
package io.millrace.contract;
