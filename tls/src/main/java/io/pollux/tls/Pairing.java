package io.pollux.tls;

import java.io.IOException;
import java.time.Duration;

/**
 * The one conversation that an untrusted node may have. The secret of the token never travels: the
 * joiner sends an HMAC over both fingerprints and the master's nonce, so nobody in between can pass
 * it on. Both sides give it five seconds and close the connection at its end.
 */
public final class Pairing {
  /** The whole conversation is over by then. */
  public static final Duration DEADLINE = Duration.ofSeconds(5);

  private Pairing() {}

  /** One side's part of a conversation. */
  interface Part<T> {
    T run() throws IOException;
  }

  /**
   * Asks the master to be trusted; blocks until it answers. Closes the connection.
   *
   * @throws UntrustedPeerException if the connection leads to another key than the token names;
   *     nothing was sent
   * @throws PairingException with the reason why there is no trust
   */
  public static Paired request(TlsConnection connection, JoinToken token, PairRequest request)
      throws PairingException, UntrustedPeerException {
    if (!connection.peer().equals(token.master())) {
      connection.close();
      throw new UntrustedPeerException(
          token.address().toString(), token.master(), connection.peer());
    }
    return within(DEADLINE, connection, () -> join(connection, token, request));
  }

  private static Paired join(TlsConnection connection, JoinToken token, PairRequest request)
      throws IOException {
    new PairingMessage.Hello().send(connection.output());
    PairingMessage.Challenge challenge =
        PairingMessage.receive(connection.input(), PairingMessage.Challenge.class);
    Secret.Verifier verifier = token.secret().verifier();
    Bytes32 proof = verifier.proof(connection.peer(), connection.self(), challenge.nonce());
    new PairingMessage.Request(verifier.id(), proof, request).send(connection.output());
    PairingMessage answer = PairingMessage.receive(connection.input());
    if (answer instanceof PairingMessage.Refused refused) {
      throw new PairingException(refused.reason(), refused.why());
    }
    PairingMessage.Accepted accepted = PairingMessage.expect(answer, PairingMessage.Accepted.class);
    return new Paired(connection.peer(), accepted.name(), token.group(), accepted.attributes());
  }

  /** Runs one side's part to its end or the deadline, and closes the connection either way. */
  static <T> T within(Duration limit, TlsConnection connection, Part<T> part)
      throws PairingException {
    Deadline deadline = Deadline.start(limit, connection::abort);
    try {
      return part.run();
    } catch (PairingException e) {
      throw e;
    } catch (IOException e) {
      String what =
          deadline.isMet()
              ? "the conversation broke off (" + e.getMessage() + ")"
              : "the conversation took longer than " + limit.toMillis() + " ms";
      throw new PairingException(
          PairingException.Reason.PROTOCOL,
          "pairing with "
              + connection.remoteAddress()
              + " failed: "
              + what
              + "; see the other node's log and try again with a new token",
          e);
    } finally {
      deadline.isMet();
      connection.close();
    }
  }
}
