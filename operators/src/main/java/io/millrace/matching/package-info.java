/** Which new field is an old one under another name: schema matching over names, types, values. */
package io.millrace.matching;
