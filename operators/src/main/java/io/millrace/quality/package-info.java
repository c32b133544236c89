/** Quality rules of contracts: checked per record, counted per rule and window. */
package io.millrace.quality;
