package io.pollux.proxy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What Jazzer sends to a pair for hours (docs/testing.md). */
public final class HttpFuzz {
  private static HttpRequests requests;

  private HttpFuzz() {}

  /** Called once by Jazzer; the pair lives as long as the process. */
  public static void fuzzerInitialize() throws Exception {
    HttpPair pair = new HttpPair(Files.createTempDirectory("pollux-fuzz"));
    pair.openBoth();
    requests = new HttpRequests(pair);
  }

  /** Called by Jazzer with one input after the other. */
  public static void fuzzerTestOneInput(byte[] input) throws IOException {
    requests.send(new String(input, StandardCharsets.UTF_8));
  }

  /** Writes the seeds, one file each: the decoder's name, the directory. */
  public static void main(String[] args) throws IOException {
    Path directory = Files.createDirectories(Path.of(args[1]));
    List<String> seeds = HttpRequests.seeds();
    for (int i = 0; i < seeds.size(); i++) {
      Files.writeString(directory.resolve("seed-" + i), seeds.get(i));
    }
  }
}
