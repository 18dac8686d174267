package io.pollux.runtime;

import java.util.Arrays;
import java.util.Objects;

/**
 * What became of an operation that has succeeded here.
 *
 * @param result of this node
 * @param peer what became of it on the other node
 * @param peerResult of the other node; empty unless {@code peer} is DONE
 * @param detail for people: why the other node has no result; empty if it has
 */
public record Execution(byte[] result, Peer peer, byte[] peerResult, String detail) {
  /** How it went on the other node. */
  public enum Peer {
    /** It ran there as well. */
    DONE,
    /** It threw something there, or could not begin. */
    FAILED,
    /** No backup follows. */
    NONE,
    /** The backup was asked and did not answer. */
    UNKNOWN
  }

  /** All are present. */
  public Execution {
    Objects.requireNonNull(result, "result");
    Objects.requireNonNull(peer, "peer");
    Objects.requireNonNull(peerResult, "peerResult");
    Objects.requireNonNull(detail, "detail");
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Execution that
        && Arrays.equals(result, that.result)
        && peer == that.peer
        && Arrays.equals(peerResult, that.peerResult)
        && detail.equals(that.detail);
  }

  @Override
  public int hashCode() {
    return Objects.hash(Arrays.hashCode(result), peer, Arrays.hashCode(peerResult), detail);
  }
}
