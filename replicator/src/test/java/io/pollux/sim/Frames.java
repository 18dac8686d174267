package io.pollux.sim;

import com.google.protobuf.InvalidProtocolBufferException;
import io.pollux.codec.wire.Entries;
import io.pollux.codec.wire.Follow;
import io.pollux.codec.wire.LinkFrame;
import io.pollux.codec.wire.NodeReport;
import io.pollux.codec.wire.Receipt;

/** What two nodes say to each other, for people. */
final class Frames {
  private Frames() {}

  static String describe(byte[] bytes) {
    try {
      return describe(LinkFrame.parseFrom(bytes));
    } catch (InvalidProtocolBufferException e) {
      return "garbage";
    }
  }

  private static String describe(LinkFrame frame) {
    return switch (frame.getKindCase()) {
      case HELLO -> "hello, " + describe(frame.getHello().getReport());
      case REPORT -> "report, " + describe(frame.getReport());
      case PING -> "ping, log ends at " + frame.getPing().getEnd();
      case FOLLOW -> describe(frame.getFollow());
      case MATCH -> "match at " + frame.getMatch().getPosition();
      case ENTRIES -> describe(frame.getEntries());
      case RECEIPT -> describe(frame.getReceipt());
      case REFUSAL -> "refusal: " + frame.getRefusal().getText();
      case COPY_REQUEST -> "copy request: " + frame.getCopyRequest().getReason();
      case COPY_BEGIN -> "copy begins after " + frame.getCopyBegin().getBase().getPosition();
      case COPY_FAILED -> "copy failed: " + frame.getCopyFailed().getText();
      default -> frame.getKindCase().name();
    };
  }

  private static String describe(NodeReport report) {
    return report.getActivity() + " in epoch " + report.getEpoch() + ", log " + report.getEnd();
  }

  private static String describe(Follow follow) {
    int count = follow.getCheckpointsCount();
    return (follow.getStart() ? "ship after " : "follow up to ")
        + (count == 0 ? 0 : follow.getCheckpoints(count - 1).getPosition());
  }

  private static String describe(Entries entries) {
    int count = entries.getEntriesCount();
    return "records "
        + entries.getEntries(0).getPosition()
        + " to "
        + entries.getEntries(count - 1).getPosition()
        + " of epoch "
        + entries.getEpoch();
  }

  private static String describe(Receipt receipt) {
    return "receipt, written "
        + receipt.getWritten()
        + ", forced "
        + receipt.getForced()
        + ", applied "
        + receipt.getApplied()
        + (receipt.getTrouble().isEmpty() ? "" : ", " + receipt.getTrouble());
  }
}
