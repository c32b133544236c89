/** History tables of the offline store as tables of SQL. */
package io.millrace.sql.history;
