package io.pollux.proxy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Requests of any bytes to the first node of a pair, by somebody with an operator's token. */
final class HttpRequests {
  private static final int SECONDS = 15;

  private final HttpPair pair;
  private final String token;

  HttpRequests(HttpPair pair) throws IOException {
    this.pair = pair;
    this.token = pair.token("a", "operator");
  }

  /** The requests of {@code http.txt}. */
  static List<String> seeds() {
    try (InputStream in = HttpRequests.class.getResourceAsStream("http.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(String::translateEscapes)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Sends a request in which {@code TOKEN} stands for the token.
   *
   * @return the answer; empty if the node ended the connection without one
   * @throws AssertionError if the answer is not one of HTTP, or says that the node is at fault
   * @throws IOException if none comes in time
   */
  String send(String request) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), pair.httpA.port())) {
      socket.setSoTimeout(SECONDS * 1000);
      byte[] sent = request.replace("TOKEN", token).getBytes(StandardCharsets.UTF_8);
      socket.getOutputStream().write(sent);
      socket.shutdownOutput();
      socket.getInputStream().transferTo(bytes);
    } catch (SocketException e) {
      return ""; // Ended with a reset, while we were still writing.
    }
    String answer = bytes.toString(StandardCharsets.UTF_8);
    if (!answer.isEmpty() && !answer.matches("(?s)HTTP/1\\.1 (?!500)[1-5]\\d\\d .*")) {
      throw new AssertionError(answer + "\nis the answer to\n" + request);
    }
    return answer;
  }
}
