/** Dead letters that a running job takes in again, each at most once. */
package io.millrace.replay;
