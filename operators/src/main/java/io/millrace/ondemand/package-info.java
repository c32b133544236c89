/**
 * On-demand features: SQL over what a request brings and over features of views, the same online
 * and in training sets.
 */
package io.millrace.ondemand;
