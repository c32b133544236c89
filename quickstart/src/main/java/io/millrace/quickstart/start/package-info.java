/** What lets the command line start fast: see decision 0033. */
package io.millrace.quickstart.start;
