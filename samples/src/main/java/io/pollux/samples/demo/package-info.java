/** A pair that loses a machine, told with real processes. */
package io.pollux.samples.demo;
