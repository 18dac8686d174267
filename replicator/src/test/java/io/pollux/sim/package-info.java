/**
 * The production classes of two nodes under one seed: simulated time, threads, disks, network and
 * databases around them, and a ledger that knows what must never happen.
 */
package io.pollux.sim;
