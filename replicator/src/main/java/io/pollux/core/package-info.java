/** The immutable values that all other rooms speak in; no input or output. */
package io.pollux.core;
