package io.pollux.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
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
  private static final int SECONDS = 15;
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

  /** None that changes the roles: a mutation may be a good request. */
  private List<String> seeds() throws IOException {
    String head = "\r\nHost: 127.0.0.1\r\nAuthorization: Bearer " + pair.token("a", "operator");
    return List.of(
        "GET /v1/status HTTP/1.1" + head + "\r\n\r\n",
        "GET /metrics HTTP/1.1" + head + "\r\n\r\n",
        "GET /v1/log?from=1&limit=10 HTTP/1.1" + head + "\r\n\r\n",
        "GET /v1/log/1?values=true HTTP/1.1" + head + "\r\n\r\n",
        "GET /v1/log/search?table=ITEM&key=1&since=2026-01-01 HTTP/1.1" + head + "\r\n\r\n",
        "PUT /v1/state/s/k HTTP/1.1" + head + body("value"),
        "GET /v1/state/s HTTP/1.1" + head + "\r\n\r\n",
        "DELETE /v1/state/s/k HTTP/1.1" + head + "\r\n\r\n",
        "POST /v1/operations/x HTTP/1.1" + head + body("{\"bytes\": \"eA==\", \"key\": \"1\"}"),
        "POST /v1/verify HTTP/1.1" + head + body("{}"));
  }

  private static String body(String content) {
    return "\r\nContent-Type: application/json\r\nContent-Length: "
        + content.length()
        + "\r\n\r\n"
        + content;
  }

  @Test
  void eachIsAnsweredOrEndedAndTheNodeGoesOn() throws Exception {
    Random random = new Random(7);
    List<String> seeds = seeds();
    int refused = 0;
    for (int i = 0; i < MUTATIONS; i++) {
      String request = seeds.get(random.nextInt(seeds.size()));
      for (int steps = random.nextInt(4); steps > 0; steps--) {
        request = mutated(request, random);
      }
      String answer = send(request);
      assertTrue(answer.isEmpty() || answer.matches("(?s)HTTP/1\\.1 [1-5]\\d\\d .*"), answer);
      assertFalse(answer.startsWith("HTTP/1.1 500"), request);
      refused += answer.startsWith("HTTP/1.1 4") ? 1 : 0;
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

  private String send(String request) throws IOException {
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), pair.httpA.port())) {
      socket.setSoTimeout(SECONDS * 1000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      socket.shutdownOutput();
      socket.getInputStream().transferTo(answer);
    } catch (SocketException e) {
      return ""; // Ended with a reset, while we were still writing.
    }
    return answer.toString(StandardCharsets.UTF_8);
  }
}
