/**
 * Rows become vectors: text from a template, an encoder that turns it into a vector, a cache before
 * it, and the Flink operator around both. Where vectors are stored is not known here.
 */
package io.millrace.embedding;
