package io.pollux.link;

import io.pollux.codec.CodecException;
import io.pollux.codec.FrameCodec;
import io.pollux.codec.wire.Hello;
import io.pollux.codec.wire.LinkFrame;
import io.pollux.codec.wire.Ping;
import io.pollux.codec.wire.Refusal;
import io.pollux.env.EventLoop;
import io.pollux.env.Wire;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * One ordered conversation with the peer: the greeting first, then frames both ways, never silent
 * for longer than the ping interval. Lives on the event loop.
 */
public final class Link implements Wire.Listener {
  private final EventLoop loop;
  private final LinkSettings settings;
  private final Supplier<Hello> greeting;
  private final LongSupplier end;
  private final LinkHandler handler;

  private Wire.Channel channel;
  private boolean greeted;
  private boolean closed;
  private boolean silent;
  private long lastHeardNanos;
  private EventLoop.Timer timer = () -> {};

  /**
   * @param greeting this node's first frame, asked for when the conversation opens
   * @param end position at which this node's log ends, for pings
   */
  public Link(
      EventLoop loop,
      LinkSettings settings,
      Supplier<Hello> greeting,
      LongSupplier end,
      LinkHandler handler) {
    this.loop = Objects.requireNonNull(loop, "loop");
    this.settings = Objects.requireNonNull(settings, "settings");
    this.greeting = Objects.requireNonNull(greeting, "greeting");
    this.end = Objects.requireNonNull(end, "end");
    this.handler = Objects.requireNonNull(handler, "handler");
  }

  @Override
  public void opened(Wire.Channel openChannel) {
    channel = openChannel;
    lastHeardNanos = loop.clock().nanos();
    send(LinkFrame.newBuilder().setHello(greeting.get()));
    tick();
  }

  /**
   * Sends a frame. After the conversation has ended it goes nowhere, as if it had been lost on the
   * way.
   */
  public void send(LinkFrame.Builder frame) {
    if (!closed && channel != null) {
      channel.send(frame.build().toByteArray());
    }
  }

  public long queuedBytes() {
    return channel == null ? 0 : channel.queuedBytes();
  }

  /** Fingerprint of the key that the handshake has proven; empty before the link is open. */
  public String peerKey() {
    return channel == null ? "" : channel.peer();
  }

  /** Whether the peer should have spoken by now. A process that stood still finds it so. */
  public boolean isSilent() {
    return silence().compareTo(settings.silence()) > 0;
  }

  private Duration silence() {
    return Duration.ofNanos(loop.clock().nanos() - lastHeardNanos);
  }

  /** Whether this side gave up because nothing came from the peer any more. */
  public boolean wasSilent() {
    return silent;
  }

  public String description() {
    return channel == null ? "" : channel.description();
  }

  /** Tells the peer why, then closes. */
  public void refuse(Refusal refusal) {
    send(LinkFrame.newBuilder().setRefusal(refusal));
    handler.refused(refusal, false);
    close(refusal.getText());
  }

  public void close(String reason) {
    if (channel != null) {
      channel.close(reason);
    }
  }

  @Override
  public void closed(String reason) {
    if (!closed) {
      closed = true;
      timer.cancel();
      handler.lost(this, reason);
    }
  }

  private void tick() {
    timer =
        loop.schedule(
            settings.ping(),
            () -> {
              if (isOver()) {
                return;
              }
              if (greeted) {
                ping(false);
              }
              tick();
            });
  }

  /**
   * Ends a conversation in which the peer was silent for too long. If this process has stood still,
   * what arrived meanwhile is no news: the peer may have given up on it.
   */
  private boolean isOver() {
    if (isSilent()) {
      silent = true;
      close("the peer was silent for " + silence().toMillis() + " ms");
    }
    return silent;
  }

  /** Tells the peer where this node's log ends; {@code answer} asks for the same at once. */
  public void ping(boolean answer) {
    send(
        LinkFrame.newBuilder()
            .setPing(Ping.newBuilder().setEnd(end.getAsLong()).setAnswer(answer)));
  }

  private void pinged(Ping ping) {
    if (ping.getAnswer()) {
      ping(false);
    }
    handler.pinged(ping);
  }

  @Override
  public void received(byte[] message) {
    if (closed) {
      return; // Frames that were on their way when this side closed.
    }
    if (isOver()) {
      return;
    }
    lastHeardNanos = loop.clock().nanos();
    try {
      dispatch(FrameCodec.decode(message));
    } catch (CodecException e) {
      close("the peer sent a frame that is not taken: " + e.getMessage());
    }
  }

  private void dispatch(LinkFrame frame) {
    if (frame.hasHello()) {
      greet(frame.getHello());
    } else if (frame.hasRefusal()) {
      handler.refused(frame.getRefusal(), true);
      close(frame.getRefusal().getText());
    } else if (greeted) {
      handle(frame);
    } else {
      close("the peer spoke before it greeted");
    }
  }

  private void greet(Hello hello) {
    if (greeted) {
      close("the peer greeted twice");
      return;
    }
    Optional<Refusal> refusal = Handshake.judge(greeting.get(), hello);
    if (refusal.isPresent()) {
      refuse(refusal.get());
      return;
    }
    greeted = true;
    handler.greeted(this, hello);
  }

  private void handle(LinkFrame frame) {
    switch (frame.getKindCase()) {
      case REPORT -> handler.report(frame.getReport());
      case PING -> pinged(frame.getPing());
      case FOLLOW -> handler.follow(frame.getFollow());
      case MATCH -> handler.match(frame.getMatch());
      case ENTRIES -> handler.entries(frame.getEntries());
      case RECEIPT -> handler.receipt(frame.getReceipt());
      case COPY_REQUEST -> handler.copyRequest(frame.getCopyRequest());
      case COPY_BEGIN -> handler.copyBegin(frame.getCopyBegin());
      case COPY_CHUNK -> handler.copyChunk(frame.getCopyChunk());
      case COPY_END -> handler.copyEnd(frame.getCopyEnd());
      case COPY_FAILED -> handler.copyFailed(frame.getCopyFailed());
      case DIGEST_RESULT -> handler.digestResult(frame.getDigestResult());
      case VERIFY_REQUEST -> handler.verifyRequest(frame.getVerifyRequest());
      case VERIFY_DONE -> handler.verifyDone(frame.getVerifyDone());
      case IDENTITY_OFFER -> handler.identityOffer(frame.getIdentityOffer());
      case IDENTITY_ANSWER -> handler.identityAnswer(frame.getIdentityAnswer());
      case SWITCHOVER -> handler.switchover(frame.getSwitchover());
      case STATE_PART, STATE_RECEIPT, OPERATION_REQUEST, OPERATION_RESULT -> handler.runtime(frame);
      default -> close("the peer sent a frame of an unknown kind");
    }
  }
}
