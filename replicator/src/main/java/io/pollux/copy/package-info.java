/** Full copy, digests, repair. */
package io.pollux.copy;
