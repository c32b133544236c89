/** The whole platform on one machine: what a newcomer starts first. */
package io.millrace.quickstart;
