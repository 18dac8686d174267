/** Who is active: a pure function from state and event to state and actions. */
package io.pollux.pair;
