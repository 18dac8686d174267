package io.pollux.fuzz;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The short run: every seed, and some thousand mutations of them that are the same each time. */
class MutationTest {
  private static final int MUTATIONS = 10_000;
  private static final int LONGEST = 20_000;
  private static final byte[][] TOKENS = {
    {0},
    {-1},
    {127},
    {-128},
    {-1, -1, -1, -1, -1, -1, -1, -1, -1, 1},
    {10, 0},
    {18, -1, -1, 3},
    bytes("'"),
    bytes("\""),
    bytes("("),
    bytes(")"),
    bytes("/*"),
    bytes("--"),
    bytes("?"),
    bytes(" SELECT "),
    bytes(" WHERE ID = 1"),
    bytes("CASE "),
    bytes("{fn "),
    bytes("1E9"),
    bytes(": "),
    bytes("&a "),
    bytes("*a"),
    bytes("!!"),
    bytes("\n- "),
    bytes("\u0000")
  };

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @EnumSource(Decoder.class)
  void anyBytesAreTakenOrRefusedWithAReason(Decoder decoder) {
    List<byte[]> seeds = Seeds.of(decoder);
    assertTrue(seeds.size() >= 5, decoder + " has only " + seeds.size() + " seeds");
    for (byte[] seed : seeds) {
      take(decoder, seed);
    }
    Random random = new Random(decoder.name().hashCode());
    int most = decoder == Decoder.CONFIG ? MUTATIONS / 5 : MUTATIONS; // Each is a file.
    for (int i = 0; i < most; i++) {
      byte[] input = seeds.get(random.nextInt(seeds.size()));
      for (int steps = 1 + random.nextInt(4); steps > 0; steps--) {
        input = mutated(input, seeds, random);
      }
      take(decoder, input);
    }
  }

  private static void take(Decoder decoder, byte[] input) {
    try {
      decoder.take(input);
    } catch (RuntimeException | Error finding) {
      throw new AssertionError(
          "a case for " + decoder + ".txt: hex:" + HexFormat.of().formatHex(input), finding);
    }
  }

  private static byte[] mutated(byte[] input, List<byte[]> seeds, Random random) {
    int at = random.nextInt(input.length + 1);
    int end = at + random.nextInt(Math.min(64, input.length - at) + 1);
    byte[] other = seeds.get(random.nextInt(seeds.size()));
    byte[] middle =
        switch (random.nextInt(5)) {
          case 0 -> new byte[0];
          case 1 -> new byte[] {(byte) random.nextInt(256)};
          case 2 -> TOKENS[random.nextInt(TOKENS.length)];
          case 3 -> other;
          default -> bytes(new String(input, at, end - at, StandardCharsets.ISO_8859_1).repeat(3));
        };
    int behind = random.nextBoolean() ? end : at;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(input, 0, at);
    out.writeBytes(middle);
    out.write(input, behind, input.length - behind);
    return out.size() <= LONGEST ? out.toByteArray() : input;
  }
}
