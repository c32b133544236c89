/** Feature views in Redis as tables: looked up and scanned. */
package io.millrace.sql.redis;
