package io.millrace.embedding;

/**
 * Identity of a model: vectors can be compared exactly when the ids are equal.
 *
 * @param id name, precision and, for models of one's own, a fingerprint of their files; for example
 *     {@code all-minilm-l6-v2/fp32}
 * @param dimension length of the vectors
 */
public record EmbeddingModel(String id, int dimension) {}
