/** Feature views: windows, tiles and totals of each entity, and the operators that keep them. */
package io.millrace.features;
