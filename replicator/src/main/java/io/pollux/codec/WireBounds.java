package io.pollux.codec;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.io.IOException;

/**
 * Walks encoded bytes without making an object of them. Two bytes may stand for a message that
 * takes a hundred on the heap, so messages are counted before anything is parsed; and a number that
 * Java reads as negative is found before anybody calculates with it.
 */
final class WireBounds {
  /** Far beyond what any node reaches, and far from where additions overflow. */
  private static final long MAX_NUMBER = 1L << 62;

  /** One promotion each millisecond for 8,900 years. A peer that says more would end all reigns. */
  private static final long MAX_EPOCH = 1L << 48;

  private final CodedInputStream input;
  private int messagesLeft;

  private WireBounds(CodedInputStream input, int maxMessages) {
    this.input = input;
    this.messagesLeft = maxMessages;
  }

  /**
   * Returns if {@code bytes}, read as {@code type}, are within the bounds.
   *
   * @param depth of messages in each other
   * @throws CodecException if they are not, or are malformed
   */
  static void check(byte[] bytes, Descriptor type, int maxMessages, int depth)
      throws CodecException {
    CodedInputStream input = CodedInputStream.newInstance(bytes);
    input.setRecursionLimit(depth);
    try {
      new WireBounds(input, maxMessages).message(type, depth);
    } catch (IOException e) {
      throw new CodecException("bytes that are no " + type.getName() + ": " + e.getMessage(), e);
    }
  }

  private void message(Descriptor type, int depthLeft) throws IOException, CodecException {
    RecordCodec.require(--messagesLeft >= 0, "more parts than are allowed in one message");
    RecordCodec.require(depthLeft > 0, "parts that are nested too deep");
    for (int tag = input.readTag(); tag != 0; tag = input.readTag()) {
      FieldDescriptor field = type.findFieldByNumber(tag >>> 3);
      boolean nested =
          field != null
              && field.getType() == FieldDescriptor.Type.MESSAGE
              && (tag & 7) == 2; // A field of bytes with a length.
      if (nested) {
        int limit = input.pushLimit(input.readRawVarint32());
        message(field.getMessageType(), depthLeft - 1);
        input.popLimit(limit);
      } else if (field != null
          && field.getType() == FieldDescriptor.Type.UINT64
          && (tag & 7) == 0) {
        number(field.getName(), input.readRawVarint64());
      } else {
        input.skipField(tag);
      }
    }
  }

  private static void number(String field, long number) throws CodecException {
    long most = field.equals("epoch") ? MAX_EPOCH : MAX_NUMBER;
    RecordCodec.require(
        number >= 0 && number <= most,
        "the number " + Long.toUnsignedString(number) + " as " + field);
  }
}
