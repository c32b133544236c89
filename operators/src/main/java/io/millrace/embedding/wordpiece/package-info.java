/**
 * Text to token ids as BERT models expect them: normalisation, splitting, WordPiece. Knows neither
 * Flink nor any model runtime.
 */
package io.millrace.embedding.wordpiece;
