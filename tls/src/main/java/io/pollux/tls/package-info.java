/** Who we are, whom we trust, encrypted sockets. */
package io.pollux.tls;
