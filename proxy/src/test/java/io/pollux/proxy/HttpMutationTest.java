package io.pollux.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests that somebody with an operator's token has damaged, the same ones each time. */
class HttpMutationTest {
  private static final int MUTATIONS = 1_500;
  private static final List<String> TOKENS =
      List.of(
          "\0",
          "\r\n",
          "\r\n\r\n",
          "%",
          "%zz",
          "%00",
          "/",
          "../",
          "?",
          "&",
          "=",
          "{",
          "}",
          "[",
          "\"",
          "\\u0000",
          "-1",
          "99999999999999999999",
          "é",
          ": ",
          "Content-Length: 7\r\n",
          "Transfer-Encoding: chunked\r\n",
          "(a+)+$",
          "*");

  @TempDir private Path root;
  private HttpPair pair;

  @BeforeEach
  void open() throws Exception {
    pair = new HttpPair(root);
    pair.openBoth();
  }

  @AfterEach
  void close() throws Exception {
    pair.close();
  }

  @Test
  void eachIsAnsweredOrEndedAndTheNodeGoesOn() throws Exception {
    Random random = new Random(7);
    HttpRequests requests = new HttpRequests(pair);
    List<String> seeds = HttpRequests.seeds();
    int refused = 0;
    for (int i = 0; i < MUTATIONS; i++) {
      String request = seeds.get(random.nextInt(seeds.size()));
      for (int steps = random.nextInt(4); steps > 0; steps--) {
        request = mutated(request, random);
      }
      refused += requests.send(request).startsWith("HTTP/1.1 4") ? 1 : 0;
    }
    assertTrue(refused > MUTATIONS / 10, refused + " were refused");
    assertEquals(200, pair.ask(pair.httpA, "GET", "/health/paired", "").statusCode());
  }

  private static String mutated(String request, Random random) {
    int at = random.nextInt(request.length() + 1);
    int end = at + random.nextInt(Math.min(16, request.length() - at) + 1);
    String middle =
        switch (random.nextInt(3)) {
          case 0 -> "";
          case 1 -> TOKENS.get(random.nextInt(TOKENS.size()));
          default -> request.substring(at, end).repeat(3);
        };
    return request.substring(0, at) + middle + request.substring(end);
  }
}
