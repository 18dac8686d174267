package io.pollux.codec;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.pollux.codec.wire.Checkpoint;
import io.pollux.codec.wire.Entry;
import io.pollux.codec.wire.Follow;
import io.pollux.codec.wire.Hello;
import io.pollux.codec.wire.LinkFrame;
import io.pollux.codec.wire.StateEntry;
import io.pollux.codec.wire.StatePart;
import io.pollux.core.LogEntry;
import java.util.stream.Stream;

/**
 * What a peer sent, as a frame in which nothing surprises: counts are bounded before anything is
 * allocated, numbers are positions, hashes have their length, and texts may be shown to people. Any
 * thread.
 */
public final class FrameCodec {
  private static final int MAX_MESSAGES = 100_000;
  private static final int MAX_DEPTH = 8;
  private static final int MAX_CHECKPOINTS = 256;
  private static final int MAX_NAME = 256;
  private static final int MAX_TEXT = 4_000;
  private static final int MAX_VALUE = 1 << 20;

  private FrameCodec() {}

  /**
   * The frame that {@code bytes} are.
   *
   * @throws CodecException if they are no frame, or one that no honest node sends
   */
  public static LinkFrame decode(byte[] bytes) throws CodecException {
    WireBounds.check(bytes, LinkFrame.getDescriptor(), MAX_MESSAGES, MAX_DEPTH);
    LinkFrame frame;
    try {
      frame = LinkFrame.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new CodecException("bytes that are no frame: " + e.getMessage(), e);
    }
    check(frame);
    return readable(frame);
  }

  private static void check(LinkFrame frame) throws CodecException {
    switch (frame.getKindCase()) {
      case HELLO -> check(frame.getHello());
      case FOLLOW -> check(frame.getFollow());
      case ENTRIES -> {
        for (Entry entry : frame.getEntries().getEntriesList()) {
          requireHash(entry.getHash());
        }
      }
      case COPY_BEGIN -> requireHash(frame.getCopyBegin().getBase().getHash());
      case STATE_PART -> check(frame.getStatePart());
      case OPERATION_REQUEST -> {
        requireName(frame.getOperationRequest().getName());
        requireName(frame.getOperationRequest().getKey());
        requireValue(frame.getOperationRequest().getArgument());
      }
      case OPERATION_RESULT -> requireValue(frame.getOperationResult().getResult());
      default -> {
        // No lists, no hashes, no names.
      }
    }
  }

  private static void check(Hello hello) throws CodecException {
    Stream<String> names =
        Stream.of(
            hello.getGroup(),
            hello.getNode(),
            hello.getName(),
            hello.getRole(),
            hello.getEngine(),
            hello.getEngineVersion(),
            hello.getIncarnation());
    Stream<String> settings =
        hello.getSettingsMap().entrySet().stream()
            .flatMap(setting -> Stream.of(setting.getKey(), setting.getValue()));
    for (String name : Stream.concat(names, settings).toList()) {
      requireName(name);
    }
  }

  private static void requireName(String name) throws CodecException {
    boolean plain = name.length() <= MAX_NAME && name.equals(readable(name));
    RecordCodec.require(plain, "a name that is none: " + readable(name));
  }

  private static void check(StatePart part) throws CodecException {
    requireName(part.getId());
    RecordCodec.require(!part.getId().isEmpty(), "runtime state without an id");
    for (StateEntry entry : part.getEntriesList()) {
      requireName(entry.getKey());
      RecordCodec.require(!entry.getKey().isEmpty(), "runtime state without a key");
      requireName(entry.getContentType());
      requireValue(entry.getValue());
    }
  }

  private static void requireValue(ByteString value) throws CodecException {
    RecordCodec.require(value.size() <= MAX_VALUE, "a value of " + value.size() + " bytes");
  }

  private static void check(Follow follow) throws CodecException {
    int count = follow.getCheckpointsCount();
    RecordCodec.require(
        count <= MAX_CHECKPOINTS && (count > 0 || !follow.getStart()), count + " checkpoints");
    for (Checkpoint checkpoint : follow.getCheckpointsList()) {
      requireHash(checkpoint.getHash());
    }
  }

  private static void requireHash(ByteString hash) throws CodecException {
    RecordCodec.require(hash.size() == LogEntry.HASH_BYTES, "a hash of " + hash.size() + " bytes");
  }

  /** Texts end up in logs, in the status and on terminals. */
  private static LinkFrame readable(LinkFrame frame) {
    LinkFrame.Builder copy = frame.toBuilder();
    switch (frame.getKindCase()) {
      case SWITCHOVER ->
          copy.getSwitchoverBuilder().setText(readable(frame.getSwitchover().getText()));
      case REFUSAL -> copy.getRefusalBuilder().setText(readable(frame.getRefusal().getText()));
      case RECEIPT ->
          copy.getReceiptBuilder().setTrouble(readable(frame.getReceipt().getTrouble()));
      case COPY_REQUEST ->
          copy.getCopyRequestBuilder().setReason(readable(frame.getCopyRequest().getReason()));
      case COPY_FAILED ->
          copy.getCopyFailedBuilder().setText(readable(frame.getCopyFailed().getText()));
      case IDENTITY_ANSWER ->
          copy.getIdentityAnswerBuilder()
              .setRefusal(readable(frame.getIdentityAnswer().getRefusal()));
      case OPERATION_RESULT ->
          copy.getOperationResultBuilder()
              .setFailure(readable(frame.getOperationResult().getFailure()));
      case DIGEST_RESULT ->
          copy.getDigestResultBuilder().setDetail(readable(frame.getDigestResult().getDetail()));
      case VERIFY_DONE -> {
        copy.getVerifyDoneBuilder().setFailure(readable(frame.getVerifyDone().getFailure()));
        copy.getVerifyDoneBuilder()
            .getResultsBuilderList()
            .forEach(result -> result.setDetail(readable(result.getDetail())));
      }
      default -> {
        return frame;
      }
    }
    return copy.build();
  }

  private static String readable(String text) {
    String cut = text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT) + "…";
    boolean plain = cut.chars().noneMatch(Character::isISOControl);
    return plain ? cut : cut.replaceAll("\\p{Cntrl}", " ");
  }
}
