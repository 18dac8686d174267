package io.pollux.node;

import io.pollux.codec.wire.DigestResult;
import io.pollux.codec.wire.LinkFrame;
import io.pollux.codec.wire.TableRef;
import io.pollux.codec.wire.VerifyDone;
import io.pollux.codec.wire.VerifyRequest;
import io.pollux.commit.CommitOrder;
import io.pollux.core.PolluxException;
import io.pollux.core.PolluxException.Reason;
import io.pollux.core.TableName;
import io.pollux.link.Link;
import io.pollux.verify.Findings;
import io.pollux.verify.Sweep;
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
  private final Sweep sweep;
  private final Supplier<Optional<CommitOrder>> order;
  private final Map<Long, CompletableFuture<List<DigestResult>>> asked = new HashMap<>();
  private long lastId;

  VerifyRelay(Sweep sweep, Supplier<Optional<CommitOrder>> order) {
    this.sweep = Objects.requireNonNull(sweep, "sweep");
    this.order = Objects.requireNonNull(order, "order");
  }

  /** Compares here if this node reigns, otherwise asks the peer. */
  CompletableFuture<List<DigestResult>> verify(Optional<Link> peer) {
    if (order.get().isPresent() || peer.isEmpty()) {
      return begin();
    }
    CompletableFuture<List<DigestResult>> answer = new CompletableFuture<>();
    asked.put(++lastId, answer);
    peer.orElseThrow()
        .send(LinkFrame.newBuilder().setVerifyRequest(VerifyRequest.newBuilder().setId(lastId)));
    return answer;
  }

  private CompletableFuture<List<DigestResult>> begin() {
    return sweep
        .begin()
        .thenApply(
            all -> all.stream().filter(VerifyRelay::isShown).map(VerifyRelay::wire).toList());
  }

  /** What is no table is shown if there is something to say. */
  private static boolean isShown(Findings.Compared compared) {
    return compared.name().isPresent() || !compared.isEqual();
  }

  private static DigestResult wire(Findings.Compared compared) {
    TableName name = compared.name().orElse(new TableName("", compared.table()));
    return DigestResult.newBuilder()
        .setPosition(compared.position())
        .setTable(TableRef.newBuilder().setSchema(name.schema()).setName(name.name()))
        .setEqual(compared.isEqual())
        .setRows(compared.rows())
        .setDetail(compared.describe())
        .build();
  }

  @Override
  public void asked(Link link, VerifyRequest request) {
    VerifyDone.Builder done = VerifyDone.newBuilder().setId(request.getId());
    CompletableFuture<List<DigestResult>> unused =
        begin()
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
