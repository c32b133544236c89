/** Sentence models behind an endpoint that speaks as OpenAI's does. */
package io.millrace.embedding.remote;
