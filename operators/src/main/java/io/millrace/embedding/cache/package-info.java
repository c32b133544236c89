/** Vectors of texts that came before: in memory, and in Redis for all TaskManagers. */
package io.millrace.embedding.cache;
