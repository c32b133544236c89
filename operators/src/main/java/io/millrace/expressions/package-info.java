/** SQL expressions over one row, compiled by Flink's planner and run as a plain operator. */
package io.millrace.expressions;
