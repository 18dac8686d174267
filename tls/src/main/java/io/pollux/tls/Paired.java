package io.pollux.tls;

import java.util.Map;

/**
 * What the joining side learned: the master trusts it from now on.
 *
 * @param master the master's key, which the caller should add to its own trust list
 * @param name the master's name
 * @param group id of the group that was joined
 * @param attributes what the master told of itself
 */
public record Paired(
    Fingerprint master, String name, String group, Map<String, String> attributes) {
  /** Checks and copies the parts. */
  public Paired {
    NodeName.check(name);
    attributes = Attributes.copy(attributes);
  }
}
