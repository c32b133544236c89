/** Personal data: found in new fields by their values and names, masked where it is shown. */
package io.millrace.pii;
