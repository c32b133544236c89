/**
 * What a field looks like that no contract describes yet: its type, a sample and a sketch of its
 * values, gathered one JSON value at a time in bounded space.
 */
package io.millrace.inference;
