/** Reports for people: a drift report as one HTML file or as JSON, made from records of topics. */
package io.millrace.jobs.report;
