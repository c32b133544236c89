/**
 * What of rows and feature vectors is kept for later: the layout of history tables, and rows in the
 * form that tables hold. Knows no table format; what writes and reads the tables is in the jobs.
 */
package io.millrace.offline;
