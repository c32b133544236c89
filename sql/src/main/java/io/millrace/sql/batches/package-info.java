/** Single rows gathered into batches, because the planner hands them over one by one. */
package io.millrace.sql.batches;
