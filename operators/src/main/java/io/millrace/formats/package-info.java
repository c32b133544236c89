/**
 * Records in formats other than JSON: each is written as JSON and then decoded by the contract, so
 * that the same guard and the same policies hold for all of them.
 */
package io.millrace.formats;
