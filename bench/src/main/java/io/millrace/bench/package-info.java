/** Measurements of Millrace against what a user would pick instead. */
package io.millrace.bench;
