/** What lookups in all stores have in common. */
package io.millrace.sql.lookups;
