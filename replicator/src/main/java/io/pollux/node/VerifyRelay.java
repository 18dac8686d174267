package io.pollux.node;

import io.pollux.codec.wire.DigestResult;
import io.pollux.codec.wire.LinkFrame;
import io.pollux.codec.wire.VerifyDone;
import io.pollux.codec.wire.VerifyRequest;
import io.pollux.commit.CommitOrder;
import io.pollux.core.PolluxException;
import io.pollux.core.PolluxException.Reason;
import io.pollux.link.Link;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Lets a comparison be asked for on either node: the follower passes the question to the active
 * one. On the loop.
 */
final class VerifyRelay implements PeerDesk.VerifyAsk {
  private final VerifyDesk desk;
  private final Supplier<Optional<CommitOrder>> order;
  private final Map<Long, CompletableFuture<List<DigestResult>>> asked = new HashMap<>();
  private long lastId;

  VerifyRelay(VerifyDesk desk, Supplier<Optional<CommitOrder>> order) {
    this.desk = Objects.requireNonNull(desk, "desk");
    this.order = Objects.requireNonNull(order, "order");
  }

  /** Compares here if this node reigns, otherwise asks the peer. */
  CompletableFuture<List<DigestResult>> verify(Optional<Link> peer) {
    if (order.get().isPresent() || peer.isEmpty()) {
      return desk.begin(order.get());
    }
    CompletableFuture<List<DigestResult>> answer = new CompletableFuture<>();
    asked.put(++lastId, answer);
    peer.orElseThrow()
        .send(LinkFrame.newBuilder().setVerifyRequest(VerifyRequest.newBuilder().setId(lastId)));
    return answer;
  }

  @Override
  public void asked(Link link, VerifyRequest request) {
    VerifyDone.Builder done = VerifyDone.newBuilder().setId(request.getId());
    CompletableFuture<List<DigestResult>> unused =
        desk.begin(order.get())
            .whenComplete(
                (results, failure) -> {
                  if (failure != null) {
                    done.setFailure(String.valueOf(failure.getMessage()));
                  } else {
                    done.setEqual(results.stream().allMatch(DigestResult::getEqual))
                        .addAllResults(results);
                  }
                  link.send(LinkFrame.newBuilder().setVerifyDone(done));
                });
  }

  @Override
  public void answered(VerifyDone done) {
    CompletableFuture<List<DigestResult>> answer = asked.remove(done.getId());
    if (answer == null) {
      return; // Asked over a link that was lost since.
    } else if (done.getFailure().isEmpty()) {
      answer.complete(done.getResultsList());
    } else {
      answer.completeExceptionally(new PolluxException(Reason.NOT_IN_SYNC, done.getFailure()));
    }
  }

  @Override
  public void parted() {
    List<CompletableFuture<List<DigestResult>>> open = List.copyOf(asked.values());
    asked.clear();
    open.forEach(
        answer ->
            answer.completeExceptionally(
                new PolluxException(
                    Reason.PEER_UNREACHABLE,
                    "the comparison has no result: the link to the peer is lost")));
  }
}
