/**
 * Files that people write, read so that every problem can name its line: YAML with positions,
 * values from the environment, and the form of a problem; and what readers of JSON records have in
 * common.
 */
package io.millrace.document;
