/** Reading all of a store once, page by page, as a bounded source that continues after failures. */
package io.millrace.sql.scans;
