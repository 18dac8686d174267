/** A value to bytes and back. */
package io.pollux.codec;
