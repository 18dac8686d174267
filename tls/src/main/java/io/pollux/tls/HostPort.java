package io.pollux.tls;

import java.net.InetSocketAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a node listens, written {@code HOST:PORT}; an IPv6 address stands in brackets.
 *
 * @param host name or address without brackets, at most 253 characters
 * @param port 0 to 65535; 0 only to listen on a free port
 */
public record HostPort(String host, int port) {
  private static final Pattern HOST =
      Pattern.compile("[A-Za-z0-9._-]{1,253}|[0-9A-Fa-f:.%a-z]{2,64}");
  private static final Pattern TEXT =
      Pattern.compile("(?:\\[([^\\[\\]]+)]|([^:\\[\\]]+)):([0-9]{1,5})");

  /** Checks both parts. */
  public HostPort {
    if (!HOST.matcher(host).matches()) {
      throw new IllegalArgumentException(
          "not a host name or address: it has " + host.length() + " characters");
    }
    if (port < 0 || port > 65535) {
      throw new IllegalArgumentException("a port is 0 to 65535, not " + port);
    }
  }

  /**
   * Reads {@code HOST:PORT}.
   *
   * @throws IllegalArgumentException if the text is something else
   */
  public static HostPort parse(String text) {
    Matcher parts = TEXT.matcher(text);
    if (text.length() > 300 || !parts.matches()) {
      throw new IllegalArgumentException("an address is HOST:PORT or [IPV6]:PORT");
    }
    String host = parts.group(1) == null ? parts.group(2) : parts.group(1);
    return new HostPort(host, Integer.parseInt(parts.group(3)));
  }

  /** A place to connect to, so not port 0. */
  HostPort requireReachable() {
    if (port == 0) {
      throw new IllegalArgumentException("nobody can connect to port 0; name the port in use");
    }
    return this;
  }

  /** Looks the name up; blocks as long as the name service does. */
  InetSocketAddress resolve() {
    return new InetSocketAddress(host, port);
  }

  @Override
  public String toString() {
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
  }
}
