package io.pollux.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The master's side of pairing: issues join tokens and checks who comes with them. A token is good
 * once and until its expiry, also across restarts; 16 may be open. Thread-safe, but only one desk
 * may use a directory at a time.
 */
public final class PairingDesk {
  private final Supplier<Identity> identity;
  private final TrustList trust;
  private final InstantSource time;
  private final TokenFile tokens;

  /**
   * @param directory the identity directory, where issued tokens are remembered without their
   *     secret
   * @param identity the master
   * @param trust where nodes that pair are added
   * @param time the clock that tokens expire by
   * @throws IOException if the list of issued tokens is damaged or open to others
   */
  public PairingDesk(Path directory, Identity identity, TrustList trust, InstantSource time)
      throws IOException {
    this(directory, () -> identity, trust, time);
  }

  /** The same for a master whose identity may change; open tokens name the former one. */
  public PairingDesk(
      Path directory, Supplier<Identity> identity, TrustList trust, InstantSource time)
      throws IOException {
    this.identity = identity;
    this.trust = trust;
    this.time = time;
    this.tokens = TokenFile.load(directory);
  }

  /**
   * Who joined.
   *
   * @param peer its key, which is in the trust list now
   * @param request how it presented itself
   */
  public record Joined(Fingerprint peer, PairRequest request) {}

  /**
   * Makes a token.
   *
   * @param address where joiners reach this node
   * @param group id of the group they join
   * @param validity how long it is good
   * @throws TokenException if 16 tokens are open
   */
  public JoinToken issue(HostPort address, String group, Duration validity)
      throws IOException, TokenException {
    Instant now = time.instant();
    JoinToken token =
        new JoinToken(
            address,
            group,
            new Secret(Bytes32.random()),
            identity.get().fingerprint(),
            now.plus(validity));
    tokens.add(token.secret().verifier(), token.expiry(), now);
    return token;
  }

  /**
   * Talks to a node that wants to join, on the calling thread, for at most {@link
   * Pairing#DEADLINE}. Closes the connection. When it returns, the joiner is in the trust list;
   * that its answer arrived is not certain.
   *
   * @throws PairingException with the reason why there is no trust
   */
  public Joined serve(TlsConnection connection, Approver approver) throws PairingException {
    return serve(connection, approver, new byte[0]);
  }

  /**
   * The same; a node that doesn't want to join but takes itself for a peer gets {@code notJoining},
   * a message of its own protocol, before the connection ends.
   */
  public Joined serve(TlsConnection connection, Approver approver, byte[] notJoining)
      throws PairingException {
    return Pairing.within(
        Pairing.DEADLINE, connection, () -> hear(connection, approver, notJoining));
  }

  Joined serve(TlsConnection connection, Approver approver, Duration deadline)
      throws PairingException {
    return Pairing.within(deadline, connection, () -> hear(connection, approver, new byte[0]));
  }

  private Joined hear(TlsConnection connection, Approver approver, byte[] notJoining)
      throws IOException {
    try {
      PairingMessage.receive(connection.input(), PairingMessage.Hello.class);
    } catch (PairingException e) {
      connection.output().write(notJoining);
      connection.output().flush();
      throw e;
    }
    Bytes32 nonce = Bytes32.random();
    new PairingMessage.Challenge(nonce).send(connection.output());
    PairingMessage.Request request =
        PairingMessage.receive(connection.input(), PairingMessage.Request.class);
    try {
      PairingMessage.Accepted answer = judge(connection.peer(), request, nonce, approver);
      answer.send(connection.output());
      return new Joined(connection.peer(), request.about());
    } catch (PairingException e) {
      new PairingMessage.Refused(e.reason(), e.getMessage()).send(connection.output());
      throw e;
    }
  }

  /** One at a time: what the approver says of one joiner holds until that is written down. */
  private synchronized PairingMessage.Accepted judge(
      Fingerprint joiner, PairingMessage.Request request, Bytes32 nonce, Approver approver)
      throws IOException {
    TokenFile.Issued token = prove(joiner, request, nonce);
    if (token.isUsed()) {
      throw used();
    }
    if (!token.isOpen(time.instant())) {
      throw new PairingException(
          PairingException.Reason.TOKEN_EXPIRED,
          "the join token expired at " + token.expiry() + "; issue a new one on the master");
    }
    Approver.Decision decision = approver.decide(joiner, request.about());
    if (decision instanceof Approver.Decision.Refused refused) {
      throw new PairingException(PairingException.Reason.REFUSED, refused.why());
    }
    admit(joiner, request.about().name(), token);
    return new PairingMessage.Accepted(
        identity.get().name(), ((Approver.Decision.Approved) decision).attributes());
  }

  /**
   * Used up first: a crash here costs a new token, the other order would leave a spent one open.
   */
  private void admit(Fingerprint joiner, String name, TokenFile.Issued token)
      throws PairingException {
    boolean isFirst;
    try {
      isFirst = tokens.claim(token);
      if (isFirst) {
        trust.add(joiner, name);
      }
    } catch (IOException e) {
      throw new PairingException(
          PairingException.Reason.REFUSED,
          "the master cannot write down whom it trusts (" + e.getMessage() + "); make room there",
          e);
    }
    if (!isFirst) {
      throw used();
    }
  }

  /** The proof comes first: who has not seen a token learns nothing about it. */
  private TokenFile.Issued prove(Fingerprint joiner, PairingMessage.Request request, Bytes32 nonce)
      throws PairingException {
    Optional<TokenFile.Issued> token = tokens.find(request.tokenId());
    if (token.isPresent()) {
      Bytes32 proof = token.get().verifier().proof(identity.get().fingerprint(), joiner, nonce);
      if (proof.equals(request.proof())) {
        return token.get();
      }
    }
    throw new PairingException(
        PairingException.Reason.TOKEN_UNKNOWN,
        "this master did not issue the join token; issue a new one where you want to join");
  }

  private static PairingException used() {
    return new PairingException(
        PairingException.Reason.TOKEN_USED,
        "the join token was used before; issue a new one on the master for every node");
  }
}
