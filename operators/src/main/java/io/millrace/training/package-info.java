/** Training sets: the features that rows of a table would have been served at their own times. */
package io.millrace.training;
