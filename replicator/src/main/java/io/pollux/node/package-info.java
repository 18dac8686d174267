/** Builds all of it, owns the threads, performs the actions. */
package io.pollux.node;
