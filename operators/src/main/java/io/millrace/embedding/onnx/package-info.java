/** Sentence models that run in this process: where their files are, and the encoder over them. */
package io.millrace.embedding.onnx;
