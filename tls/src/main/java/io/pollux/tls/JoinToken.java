package io.pollux.tls;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Base64;
import java.util.Objects;

/**
 * The one line that an operator carries from the master to the machine that joins.
 *
 * @param address where the master listens
 * @param group id of the group, 1 to 64 printable ASCII characters
 * @param secret what the joiner proves to have
 * @param master the key that must answer at the address
 * @param expiry when the token ends, by the master's clock, in whole seconds (rounded down)
 */
public record JoinToken(
    HostPort address, String group, Secret secret, Fingerprint master, Instant expiry) {
  private static final String PREFIX = "pollux1:";
  private static final int MAX_CHARACTERS = 1024;
  private static final int CHECKSUM_BYTES = 8;

  /** Checks the parts. */
  public JoinToken {
    address.requireReachable();
    Objects.requireNonNull(secret);
    Objects.requireNonNull(master);
    expiry = expiry.truncatedTo(ChronoUnit.SECONDS);
    if (!group.matches("[!-~]{1,64}")) {
      throw new IllegalArgumentException("a group's id is 1 to 64 printable ASCII characters");
    }
  }

  /** The line to print; whoever reads it before {@link #expiry} may join. */
  public String encode() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      secret.bytes().write(out);
      master.hash().write(out);
      out.writeLong(expiry.getEpochSecond());
      out.writeUTF(address.toString());
      out.writeUTF(group);
      out.write(checksum(bytes.toByteArray()));
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail", e);
    }
    return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.toByteArray());
  }

  /**
   * Reads a line back; blanks around it do not matter, any other change is noticed.
   *
   * @throws TokenException with {@link TokenException.Reason#GARBAGE}
   */
  public static JoinToken parse(String line) throws TokenException {
    String text = line.length() <= MAX_CHARACTERS ? line.strip() : "";
    if (!text.startsWith(PREFIX)) {
      throw garbage("it does not begin with " + PREFIX + " or is too long");
    }
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(text.substring(PREFIX.length()));
      int length = Math.max(0, bytes.length - CHECKSUM_BYTES);
      byte[] body = Arrays.copyOf(bytes, length);
      byte[] sum = Arrays.copyOfRange(bytes, length, bytes.length);
      if (!MessageDigest.isEqual(sum, checksum(body))) {
        throw garbage("its checksum does not fit");
      }
      JoinToken token = decode(body);
      if (!token.encode().equals(text)) {
        // Base64 has spare bits in the last character, which no checksum sees.
        throw garbage("it is not written as it was printed");
      }
      return token;
    } catch (IllegalArgumentException | IOException e) {
      throw garbage("its content is damaged");
    }
  }

  private static JoinToken decode(byte[] body) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(body));
    Secret secret = new Secret(Bytes32.read(in));
    Fingerprint master = new Fingerprint(Bytes32.read(in));
    long seconds = in.readLong();
    if (seconds < 0 || seconds > Instant.MAX.getEpochSecond()) {
      throw new IOException("no such time");
    }
    HostPort address = HostPort.parse(in.readUTF());
    return new JoinToken(address, in.readUTF(), secret, master, Instant.ofEpochSecond(seconds));
  }

  private static byte[] checksum(byte[] body) {
    byte[] prefix = PREFIX.getBytes(StandardCharsets.US_ASCII);
    return Arrays.copyOf(Bytes32.sha256(prefix, body).toArray(), CHECKSUM_BYTES);
  }

  private static TokenException garbage(String why) {
    return new TokenException(
        TokenException.Reason.GARBAGE,
        "this is not a join token: " + why + "; copy the whole line that 'pollux init' printed");
  }
}
