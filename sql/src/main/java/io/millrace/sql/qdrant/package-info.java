/** Collections of Qdrant as tables: written, scanned, looked up and searched. */
package io.millrace.sql.qdrant;
