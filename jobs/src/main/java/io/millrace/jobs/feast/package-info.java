/** Feature views as Feast's SDK wants them defined. */
package io.millrace.jobs.feast;
