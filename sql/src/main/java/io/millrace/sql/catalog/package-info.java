/**
 * The catalog of everything that pipelines know: tables, models and functions, and what is wrong
 * with their files.
 */
package io.millrace.sql.catalog;
