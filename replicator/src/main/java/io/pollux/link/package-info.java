/** One ordered conversation with the peer. */
package io.pollux.link;
