package io.pollux.tls;

import java.util.Map;

/**
 * The application's say in a pairing, asked after the proof is checked and before the token is used
 * up. Must answer within the conversation's five seconds.
 */
@FunctionalInterface
public interface Approver {
  /** Whether the node with this key and these attributes may join. */
  Decision decide(Fingerprint joiner, PairRequest request);

  /** The answer. */
  sealed interface Decision {
    /**
     * Yes.
     *
     * @param attributes what the joiner learns of the master
     */
    record Approved(Map<String, String> attributes) implements Decision {
      /** Checks and copies the attributes. */
      public Approved {
        attributes = Attributes.copy(attributes);
      }
    }

    /**
     * No; the token stays good.
     *
     * @param why tells the person at the joining side what to change, at most 1024 characters
     */
    record Refused(String why) implements Decision {
      /** Checks the length. */
      public Refused {
        if (why.length() > 1024) {
          throw new IllegalArgumentException("a reason has at most 1024 characters");
        }
      }
    }
  }
}
