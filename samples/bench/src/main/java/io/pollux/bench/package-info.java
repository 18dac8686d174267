/** The workload benchmark: ratios to the bare driver, interleaved in one run. */
package io.pollux.bench;
