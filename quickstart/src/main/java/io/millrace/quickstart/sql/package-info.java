/** SQL at a running cluster's gateway: sessions, files of statements, and results as text. */
package io.millrace.quickstart.sql;
