/**
 * Records on topics as rows of tables: read by contract, by codec, and with personal data masked.
 */
package io.millrace.sql.topics;
