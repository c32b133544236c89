/**
 * Contracts that change while a job runs: what guards notice, what becomes of it, and how guards
 * hear of it.
 */
package io.millrace.evolution;
