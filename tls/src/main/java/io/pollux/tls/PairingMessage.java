package io.pollux.tls;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is said in a pairing: the joiner's hello, the master's challenge, the joiner's proof and
 * request, the master's answer. On the wire: length (4 bytes, at most 64 KiB), kind (1 byte),
 * fields.
 */
sealed interface PairingMessage {
  int MAX_FRAME_BYTES = 64 * 1024;
  long HELLO = 0x706f6c6c75783031L; // "pollux01": protocol and version

  /** The first words, so that another protocol on this connection is noticed at once. */
  record Hello() implements PairingMessage {}

  /** Makes each conversation's proof a different one. */
  record Challenge(Bytes32 nonce) implements PairingMessage {}

  /** The joiner's proof that it has the token, and who it is. */
  record Request(Bytes32 tokenId, Bytes32 proof, PairRequest about) implements PairingMessage {}

  /** The joiner is trusted now. */
  record Accepted(String name, Map<String, String> attributes) implements PairingMessage {}

  /** The joiner is not trusted. */
  record Refused(PairingException.Reason reason, String why) implements PairingMessage {}

  /** Sends this message as one frame. */
  default void send(OutputStream to) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    write(new DataOutputStream(body));
    if (body.size() > MAX_FRAME_BYTES) {
      throw violation(
          "a message of " + body.size() + " bytes does not fit into 64 KiB; send fewer attributes");
    }
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(frame);
    out.writeInt(body.size());
    body.writeTo(out);
    to.write(frame.toByteArray());
    to.flush();
  }

  /** Waits for the next message, which must be of this kind. */
  static <T extends PairingMessage> T receive(InputStream from, Class<T> kind) throws IOException {
    return expect(receive(from), kind);
  }

  /** A message as the kind that the protocol has at this place. */
  static <T extends PairingMessage> T expect(PairingMessage message, Class<T> kind)
      throws IOException {
    if (!kind.isInstance(message)) {
      throw violation(
          "got " + message.getClass().getSimpleName() + " instead of " + kind.getSimpleName());
    }
    return kind.cast(message);
  }

  /** Waits for the next message. */
  static PairingMessage receive(InputStream from) throws IOException {
    DataInputStream in = new DataInputStream(from);
    int length = in.readInt();
    if (length < 1 || length > MAX_FRAME_BYTES) {
      throw violation("a frame of " + Integer.toUnsignedString(length) + " bytes");
    }
    byte[] body = in.readNBytes(length);
    if (body.length < length) {
      throw new EOFException("ended within a message");
    }
    DataInputStream fields = new DataInputStream(new ByteArrayInputStream(body));
    try {
      PairingMessage message = read(fields);
      if (fields.available() > 0) {
        throw violation("a message with " + fields.available() + " bytes too many");
      }
      return message;
    } catch (IllegalArgumentException e) {
      throw new PairingException(
          PairingException.Reason.PROTOCOL, "pairing failed: " + e.getMessage(), e);
    }
  }

  private void write(DataOutputStream out) throws IOException {
    if (this instanceof Hello) {
      out.writeByte(1);
      out.writeLong(HELLO);
    } else if (this instanceof Challenge challenge) {
      out.writeByte(2);
      challenge.nonce().write(out);
    } else if (this instanceof Request request) {
      out.writeByte(3);
      request.tokenId().write(out);
      request.proof().write(out);
      out.writeUTF(request.about().name());
      out.writeUTF(request.about().address().toString());
      write(request.about().attributes(), out);
    } else if (this instanceof Accepted accepted) {
      out.writeByte(4);
      out.writeUTF(accepted.name());
      write(accepted.attributes(), out);
    } else if (this instanceof Refused refused) {
      out.writeByte(5);
      out.writeUTF(refused.reason().name());
      out.writeUTF(refused.why());
    }
  }

  private static PairingMessage read(DataInputStream in) throws IOException {
    int kind = in.readUnsignedByte();
    return switch (kind) {
      case 1 -> readHello(in);
      case 2 -> new Challenge(Bytes32.read(in));
      case 3 ->
          new Request(
              Bytes32.read(in),
              Bytes32.read(in),
              new PairRequest(in.readUTF(), HostPort.parse(in.readUTF()), readAttributes(in)));
      case 4 -> new Accepted(NodeName.check(in.readUTF()), readAttributes(in));
      case 5 -> new Refused(PairingException.Reason.valueOf(in.readUTF()), in.readUTF());
      default -> throw violation("a message of unknown kind " + kind);
    };
  }

  private static Hello readHello(DataInputStream in) throws IOException {
    if (in.readLong() != HELLO) {
      throw violation("another protocol or version; use the same Pollux version on both sides");
    }
    return new Hello();
  }

  private static void write(Map<String, String> attributes, DataOutputStream out)
      throws IOException {
    out.writeShort(attributes.size());
    for (Map.Entry<String, String> attribute : attributes.entrySet()) {
      out.writeUTF(attribute.getKey());
      out.writeUTF(attribute.getValue());
    }
  }

  private static Map<String, String> readAttributes(DataInputStream in) throws IOException {
    int count = in.readUnsignedShort();
    Map<String, String> attributes = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      if (attributes.put(in.readUTF(), in.readUTF()) != null) {
        throw violation("an attribute that comes twice");
      }
    }
    return Attributes.copy(attributes);
  }

  private static PairingException violation(String what) {
    return new PairingException(PairingException.Reason.PROTOCOL, "pairing failed: " + what);
  }
}
