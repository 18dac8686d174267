package io.pollux.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** What Jazzer runs for hours (docs/testing.md). */
public final class Fuzz {
  private static Decoder decoder;

  private Fuzz() {}

  /** Called once by Jazzer, with the name of a decoder. */
  public static void fuzzerInitialize(String[] args) {
    decoder = Decoder.valueOf(args[0].toUpperCase(Locale.ROOT));
  }

  /** Called by Jazzer with one input after the other. */
  public static void fuzzerTestOneInput(byte[] input) {
    decoder.take(input);
  }

  /** Writes the seeds of a decoder, one file each: its name, the directory. */
  public static void main(String[] args) throws IOException {
    Path directory = Files.createDirectories(Path.of(args[1]));
    List<byte[]> seeds = Seeds.of(Decoder.valueOf(args[0].toUpperCase(Locale.ROOT)));
    for (int i = 0; i < seeds.size(); i++) {
      Files.write(directory.resolve("seed-" + i), seeds.get(i));
    }
  }
}
