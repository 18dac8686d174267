/** Executes decided records once, in order, with the marker in the same transaction. */
package io.pollux.apply;
