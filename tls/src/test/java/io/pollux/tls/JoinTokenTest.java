package io.pollux.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

class JoinTokenTest {
  private static final String ALPHABET =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_ =:\n";
  private final JoinToken token =
      new JoinToken(
          HostPort.parse("db-1.example:7400"),
          "6f1c",
          new Secret(Bytes32.random()),
          Fingerprint.parse("ab".repeat(32)),
          Instant.parse("2026-03-01T12:10:00.7Z"));

  @Test
  void aTokenSurvivesItsLine() throws Exception {
    String line = token.encode();
    assertTrue(line.matches("pollux1:[A-Za-z0-9_-]+"), line);
    assertEquals(token, JoinToken.parse(" " + line + "\n"));
    assertEquals(Instant.parse("2026-03-01T12:10:00Z"), token.expiry());
  }

  @Test
  void anyOtherCharacterAnywhereIsNoticed() {
    // Three lengths: the last character of Base64 then has no, two and four spare bits.
    for (String group : List.of("g", "gr", "gro")) {
      String line =
          new JoinToken(token.address(), group, token.secret(), token.master(), token.expiry())
              .encode();
      for (int at = 0; at < line.length(); at++) {
        for (int other : ALPHABET.chars().toArray()) {
          if (other != line.charAt(at)) {
            assertGarbage(line.substring(0, at) + (char) other + line.substring(at + 1));
          }
        }
      }
    }
  }

  @Test
  void aLineThatIsCutOrExtendedIsNoticed() {
    String line = token.encode();
    for (int length = 0; length < line.length(); length++) {
      assertGarbage(line.substring(0, length));
    }
    assertGarbage(line + "A");
    assertGarbage(line + line);
    assertGarbage("pollux1:" + "A".repeat(2_000_000));
  }

  @Test
  void theSecretIsNotShown() {
    String base64 = Base64.getUrlEncoder().encodeToString(token.secret().bytes().toArray());
    for (String text : List.of(token.toString(), token.secret().verifier().toString())) {
      assertFalse(text.contains(token.secret().bytes().toHex()), text);
      assertFalse(text.contains(base64.substring(0, 8)), text);
    }
    assertTrue(token.toString().contains("secret=hidden"), token.toString());
  }

  @Test
  void addressesAreReadAsTheyAreWritten() {
    for (String text : List.of("localhost:1", "10.0.0.1:65535", "[::1]:7400", "[fe80::1%eth0]:0")) {
      assertEquals(text, HostPort.parse(text).toString());
    }
    HostPort free = HostPort.parse("localhost:0");
    assertThrows(
        IllegalArgumentException.class,
        () -> new JoinToken(free, "g", token.secret(), token.master(), token.expiry()));
    for (String text :
        List.of("", "host", ":1", "host:", "host:65536", "::1:7", "a b:1", "host:1:2", "[]:1")) {
      assertThrows(IllegalArgumentException.class, () -> HostPort.parse(text), text);
    }
  }

  private static void assertGarbage(String line) {
    TokenException refusal = assertThrows(TokenException.class, () -> JoinToken.parse(line), line);
    assertEquals(TokenException.Reason.GARBAGE, refusal.reason());
    assertTrue(refusal.getMessage().length() < 200);
  }
}
