/** What writers to stores outside of Flink have in common. */
package io.millrace.delivery;
