/** Ordinary programs that use Pollux as a user would. */
package io.pollux.samples;
