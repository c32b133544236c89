/** Drills: things are broken on purpose, and the results compared with those of a quiet run. */
package io.millrace.quickstart.faults;
