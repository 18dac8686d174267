/** Doors to time, threads, files, the network and the database; the simulation has its own set. */
package io.pollux.env;
