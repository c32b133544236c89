/** Tables of Postgres as tables of SQL: as they are now, or with the changes that follow. */
package io.millrace.sql.postgres;
