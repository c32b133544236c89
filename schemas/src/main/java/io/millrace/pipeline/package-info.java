/** The pipeline file as immutable records: what a platform engineer writes, parsed and checked. */
package io.millrace.pipeline;
