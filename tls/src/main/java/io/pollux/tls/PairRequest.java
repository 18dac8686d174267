package io.pollux.tls;

import java.util.Map;

/**
 * How a joining node presents itself.
 *
 * @param name 1 to 64 letters, digits, {@code . _ -}
 * @param address where it listens
 * @param attributes facts for the approver, such as engine and version: at most 64, of at most 1024
 *     characters each
 */
public record PairRequest(String name, HostPort address, Map<String, String> attributes) {
  /** Checks and copies the parts. */
  public PairRequest {
    NodeName.check(name);
    address.requireReachable();
    attributes = Attributes.copy(attributes);
  }
}
