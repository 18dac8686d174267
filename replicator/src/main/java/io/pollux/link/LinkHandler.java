package io.pollux.link;

import io.pollux.codec.wire.CopyBegin;
import io.pollux.codec.wire.CopyChunk;
import io.pollux.codec.wire.CopyEnd;
import io.pollux.codec.wire.CopyFailed;
import io.pollux.codec.wire.CopyRequest;
import io.pollux.codec.wire.DigestResult;
import io.pollux.codec.wire.Entries;
import io.pollux.codec.wire.Follow;
import io.pollux.codec.wire.Hello;
import io.pollux.codec.wire.IdentityAnswer;
import io.pollux.codec.wire.IdentityOffer;
import io.pollux.codec.wire.LinkFrame;
import io.pollux.codec.wire.Match;
import io.pollux.codec.wire.NodeReport;
import io.pollux.codec.wire.Ping;
import io.pollux.codec.wire.Receipt;
import io.pollux.codec.wire.Refusal;
import io.pollux.codec.wire.Switchover;
import io.pollux.codec.wire.VerifyDone;
import io.pollux.codec.wire.VerifyRequest;

/** What the peer said. All methods are called on the event loop. */
public interface LinkHandler {
  /** Both sides have accepted each other. */
  void greeted(Link link, Hello hello);

  void report(NodeReport report);

  void pinged(Ping ping);

  void follow(Follow follow);

  void match(Match match);

  void entries(Entries entries);

  void receipt(Receipt receipt);

  void copyRequest(CopyRequest request);

  void copyBegin(CopyBegin begin);

  void copyChunk(CopyChunk chunk);

  void copyEnd(CopyEnd end);

  void copyFailed(CopyFailed failed);

  void digestResult(DigestResult result);

  void verifyRequest(VerifyRequest request);

  void verifyDone(VerifyDone done);

  void identityOffer(IdentityOffer offer);

  void identityAnswer(IdentityAnswer answer);

  void switchover(Switchover switchover);

  /** Runtime state or operations: the frame is of one of those four kinds. */
  void runtime(LinkFrame frame);

  /** One side refused the other; {@link #lost} follows. */
  void refused(Refusal refusal, boolean byPeer);

  /** Comes once for each link, also if it was never greeted. */
  void lost(Link link, String reason);
}
