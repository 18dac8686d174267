package io.pollux.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.pollux.core.PolluxException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpTest {
  @TempDir static Path root;

  private static HttpPair pair;

  @BeforeAll
  static void open() throws Exception {
    pair = new HttpPair(root);
    pair.openBoth();
  }

  @AfterAll
  static void close() throws Exception {
    pair.close();
  }

  private static String request(String method, String path, String... headers) {
    return method + " " + path + " HTTP/1.1\r\n" + String.join("\r\n", headers) + "\r\n\r\n";
  }

  @Test
  void theStatusIsThatOfTheCommandAndTheAddressIsInAFile() throws Exception {
    JsonNode status = pair.get(pair.httpA, "/v1/status");
    assertEquals("ACTIVE", status.path("activity").asText());
    assertEquals("CONNECTED", status.path("peer").path("link").asText());
    assertEquals(
        "127.0.0.1:" + pair.httpA.port(),
        Files.readString(pair.directory("a").resolve("http.address")).strip());
  }

  @Test
  void whoHasNoTokenOrTheWrongOneGetsNothing() throws Exception {
    String host = "Host: 127.0.0.1";
    String read = "Authorization: Bearer " + pair.token("a", "read");
    String wrong = "Authorization: Bearer " + "0".repeat(64);
    assertStatus(401, request("GET", "/v1/status", host));
    assertStatus(401, request("GET", "/v1/status", host, wrong));
    assertStatus(401, request("GET", "/metrics", host));
    assertStatus(200, request("GET", "/v1/status", host, read));
    assertStatus(403, request("POST", "/v1/demote", host, read, "Content-Length: 0"));
    assertStatus(403, request("PUT", "/v1/state/s/k", host, read, "Content-Length: 0"));
    assertStatus(400, request("GET", "/v1/log?values=true", host, read));
    assertStatus(200, request("GET", "/health/live", host));
    assertEquals("ACTIVE", pair.a.status().activity().name());
  }

  @Test
  void aNameThatAStrangerMayResolveToThisMachineIsRefused() throws Exception {
    String operator = "Authorization: Bearer " + pair.token("a", "operator");
    assertStatus(421, request("GET", "/v1/status", "Host: evil.example", operator));
    assertStatus(421, request("GET", "/v1/status", "Host: 127.0.0.1.evil.example", operator));
    assertStatus(200, request("GET", "/v1/status", "Host: localhost:1", operator));
    assertStatus(200, request("GET", "/v1/status", "Host: [::1]:1", operator));
    assertStatus(
        403,
        request("GET", "/v1/status", "Host: 127.0.0.1", "Origin: http://evil.example", operator));
    assertStatus(403, request("GET", "/v1/status", "Host: 127.0.0.1", "Origin: null", operator));
  }

  @Test
  void whatIsMalformedOrTooLongIsRefused() throws Exception {
    String operator = "Authorization: Bearer " + pair.token("a", "operator");
    String host = "Host: 127.0.0.1";
    assertStatus(404, request("GET", "/v1/nothing", host, operator));
    assertStatus(404, request("GET", "/v1/../v1/status", host, operator));
    assertStatus(405, request("DELETE", "/v1/status", host, operator));
    assertStatus(400, request("GET", "/v1/status?x=1", host, operator));
    assertStatus(400, request("GET", "/v1/log?limit=100000", host, operator));
    assertStatus(400, request("GET", "/v1/log/search?since=yesterday", host, operator));
    assertStatus(400, request("GET", "/v1/log/abc", host, operator));
    assertStatus(404, request("GET", "/v1/log/999999999", host, operator));
    HttpResponse<byte[]> long_ =
        pair.ask(pair.httpA, "PUT", "/v1/state/s/k", "x".repeat((1 << 20) + 1));
    assertEquals(413, long_.statusCode());
    assertEquals(
        400, pair.ask(pair.httpA, "PUT", "/v1/state/s/" + "k".repeat(300), "x").statusCode());
    assertEquals(400, pair.ask(pair.httpA, "PUT", "/v1/state/s/%00", "x").statusCode());
    assertStatus(400, request("PUT", "/v1/state/s/%zz", host, operator, "Content-Length: 0"));
    assertStatus(400, request("GET", "/v1/log/search?table=%zz", host, operator));
  }

  private static void assertStatus(int status, String request) throws Exception {
    String line = pair.raw(pair.httpA, request);
    assertTrue(line.startsWith("HTTP/1.1 " + status + " "), line + " for " + request);
  }

  @Test
  void othersMustNotBeAbleToReadTheTokens() throws Exception {
    Path directory = Files.createDirectory(root.resolve("tokens"));
    HttpAccess unused = HttpAccess.open(directory, "localhost");
    Path file = directory.resolve(HttpAccess.FILE);
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    PolluxException e =
        assertThrows(PolluxException.class, () -> HttpAccess.open(directory, "localhost"));
    assertTrue(e.getMessage().contains("others can read"), e.getMessage());
  }

  @Test
  void theDocumentListsEveryRouteAndEachAnswersAsItSays() throws Exception {
    JsonNode document =
        Output.MAPPER.readTree(pair.ask(pair.httpA, "GET", "/openapi.json", "").body());
    Set<String> documented = new TreeSet<>();
    for (Map.Entry<String, JsonNode> path : document.path("paths").properties()) {
      path.getValue()
          .fieldNames()
          .forEachRemaining(method -> documented.add(method + " " + path.getKey()));
    }
    Set<String> served = new TreeSet<>();
    for (Route route : HttpInterface.routes(pair.directory("a"), pair.a, new AtomicReference<>())) {
      served.add(route.method().toLowerCase(Locale.ROOT) + " " + route.path());
      String path = route.path().replaceAll("\\{\\w+}", "1");
      boolean isOpen =
          document
              .path("paths")
              .path(route.path())
              .path(route.method().toLowerCase(Locale.ROOT))
              .path("security")
              .isEmpty();
      String line =
          pair.raw(
              pair.httpA, request(route.method(), path, "Host: localhost", "Content-Length: 0"));
      assertEquals(isOpen, !line.contains(" 401 "), route.path() + ": " + line);
    }
    assertEquals(served, documented);
  }

  @Test
  void stateThatIsPutOnTheActiveNodeIsOnBoth() throws Exception {
    JsonNode kept = pair.json(pair.httpA, "PUT", "/v1/state/alarms/pump%2F7", "high");
    assertEquals("BOTH", kept.path("kept").asText());
    Awaitility.await()
        .until(
            () -> pair.ask(pair.httpB, "GET", "/v1/state/alarms/pump%2F7", "").statusCode() == 200);
    HttpResponse<byte[]> value = pair.ask(pair.httpB, "GET", "/v1/state/alarms/pump%2F7", "");
    assertEquals("high", new String(value.body(), UTF_8));
    assertEquals("text/plain", value.headers().firstValue("Content-Type").orElseThrow());
    assertTrue(value.headers().firstValue("Pollux-Position").isPresent());
    JsonNode all = pair.get(pair.httpB, "/v1/state/alarms");
    assertEquals(
        "high",
        new String(
            Base64.getDecoder().decode(all.path("values").path("pump/7").path("base64").asText()),
            UTF_8));
    assertTrue(pair.get(pair.httpB, "/v1/state").path("states").has("alarms"));
    assertEquals(404, pair.ask(pair.httpB, "GET", "/v1/state/unknown", "").statusCode());
    HttpResponse<byte[]> refused = pair.ask(pair.httpB, "PUT", "/v1/state/alarms/x", "y");
    assertEquals(409, refused.statusCode());
    assertTrue(new String(refused.body(), UTF_8).contains("connect there"));
    assertEquals(
        "BOTH",
        pair.json(pair.httpA, "DELETE", "/v1/state/alarms/pump%2F7", "").path("kept").asText());
  }

  @Test
  void aStreamOfUpdatesHasAllAtFirstAndThenEachChange() throws Exception {
    pair.json(pair.httpA, "PUT", "/v1/state/feed/a", "1");
    HttpResponse<Stream<String>> stream = pair.stream(pair.httpB, "/v1/updates/feed");
    try (Stream<String> lines = stream.body()) {
      Iterator<String> each = lines.iterator();
      assertEquals("event: state", next(each));
      String state = next(each);
      if (!state.contains("\"a\"")) { // The first value was still on its way.
        assertEquals("event: state", next(each));
      }
      pair.json(pair.httpA, "PUT", "/v1/state/feed/b", "2");
      String event = next(each);
      while (!event.startsWith("data: {\"key\":\"b\"")) {
        event = next(each);
      }
      assertTrue(event.contains("\"contentType\":\"text/plain\""), event);
    }
  }

  private static String next(Iterator<String> lines) {
    String line = lines.next();
    while (line.isEmpty() || line.equals(":")) {
      line = lines.next();
    }
    return line;
  }

  @Test
  void aProgramOnEachNodeDoesAnOperation() throws Exception {
    CompletableFuture<Void> onA = doing(pair.httpA, "a did it");
    CompletableFuture<Void> onB = doing(pair.httpB, "b did it");
    JsonNode done = pair.json(pair.httpA, "POST", "/v1/operations/work", "argument");
    assertEquals("DONE", done.path("peer").asText(), done.toString());
    assertEquals("a did it", decoded(done.path("result")));
    assertEquals("b did it", decoded(done.path("peerResult")));
    onA.get();
    onB.get();
    assertEquals(done, pair.json(pair.httpA, "POST", "/v1/operations/work", "argument"));
    assertEquals(422, pair.ask(pair.httpA, "POST", "/v1/operations/unknown", "").statusCode());
    assertEquals(404, pair.ask(pair.httpA, "POST", "/v1/calls/4711", "").statusCode());
  }

  private static String decoded(JsonNode base64) {
    return new String(Base64.getDecoder().decode(base64.asText()), UTF_8);
  }

  /** A program that answers one call; ready when this returns. */
  private static CompletableFuture<Void> doing(HttpServer server, String result) throws Exception {
    HttpResponse<Stream<String>> calls = pair.stream(server, "/v1/operations/work/calls");
    Iterator<String> each = calls.body().iterator();
    assertEquals("event: registered", next(each));
    return CompletableFuture.runAsync(
        () -> {
          String event = next(each);
          while (!event.startsWith("data: {\"number\":")) {
            event = next(each);
          }
          try {
            long number = Output.MAPPER.readTree(event.substring(6)).path("number").asLong();
            pair.json(server, "POST", "/v1/calls/" + number, result);
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
          calls.body().close();
        });
  }

  @Test
  void streamsAreBounded() throws Exception {
    List<Stream<String>> open = new ArrayList<>();
    int refused = 0;
    for (int i = 0; i < HttpServer.MAX_STREAMS + 3; i++) {
      HttpResponse<Stream<String>> stream = pair.stream(pair.httpA, "/v1/events");
      if (stream.statusCode() == 200) {
        open.add(stream.body());
      } else {
        refused++;
        stream.body().close();
      }
    }
    assertTrue(refused >= 3, refused + " refused");
    assertFalse(open.isEmpty());
    assertTrue(open.get(0).iterator().next().startsWith("event: status"));
    open.forEach(Stream::close);
    Awaitility.await().until(() -> pair.httpA.openStreams() < 5);
  }

  @Test
  void theLogIsListedSearchedShownAndVerified() throws Exception {
    assertTrue(pair.get(pair.httpA, "/v1/log/verify").path("intact").asBoolean());
    JsonNode reigns = pair.get(pair.httpA, "/v1/log/search?kind=REIGN").path("records");
    assertTrue(reigns.size() >= 1, reigns.toString());
    long position = reigns.get(0).path("position").asLong();
    JsonNode one = pair.get(pair.httpA, "/v1/log/" + position);
    assertEquals(reigns.get(0), one);
    assertEquals(1, pair.get(pair.httpA, "/v1/log?limit=1").path("records").size());
    assertEquals(0, pair.get(pair.httpA, "/v1/log/search?table=none").path("records").size());
    assertEquals(
        0,
        pair.get(pair.httpA, "/v1/log/search?kind=REIGN&until=2020-01-01").path("records").size());
  }

  @Test
  void anOperatorWhoLooksAtValuesIsInTheLog() throws Exception {
    pair.get(pair.httpA, "/v1/log?values=true");
    Awaitility.await()
        .until(
            () ->
                pair.get(pair.httpA, "/v1/log/search?kind=MARK")
                    .toString()
                    .contains("an operator looks at values of the log over HTTP"));
  }

  @Test
  void metricsAndHealthSayHowThePairIs() throws Exception {
    String text = new String(pair.ask(pair.httpA, "GET", "/metrics", "").body(), UTF_8);
    assertTrue(text.contains("\npollux_active 1\n"), text);
    assertTrue(text.contains("\npollux_peer_connected 1\n"), text);
    assertTrue(text.contains("pollux_sync{state=\"IN_SYNC\"}"), text);
    assertTrue(text.contains("pollux_certificate_expiry_timestamp_seconds "), text);
    for (String line : text.lines().toList()) {
      assertTrue(line.matches("# (HELP|TYPE) pollux_.*|pollux_[a-z_]+(\\{.*})? -?\\d+"), line);
    }
    for (String path : List.of("live", "ready", "paired")) {
      assertEquals(200, pair.ask(pair.httpB, "GET", "/health/" + path, "").statusCode());
    }
  }

  @Test
  void thePageIsServedWithItsScriptAndNeedsNothingFromElsewhere() throws Exception {
    HttpResponse<byte[]> page = pair.ask(pair.httpA, "GET", "/", "");
    String html = new String(page.body(), UTF_8);
    String script = new String(pair.ask(pair.httpA, "GET", "/page.js", "").body(), UTF_8);
    String style = new String(pair.ask(pair.httpA, "GET", "/page.css", "").body(), UTF_8);
    String policy = page.headers().firstValue("Content-Security-Policy").orElseThrow();
    assertTrue(policy.startsWith("default-src 'none'; script-src 'self';"), policy);
    assertFalse((html + script + style).matches("(?s).*(https?:|//[a-z]+\\.).*"));
    assertFalse(html.matches("(?s).*(<script>|<style>| style=| on[a-z]+=).*"), "what CSP forbids");
    Set<String> named = new TreeSet<>();
    Matcher ids = Pattern.compile("(?:byId|put)\\(\"([\\w-]+)\"").matcher(script);
    while (ids.find()) {
      named.add(ids.group(1));
      assertTrue(html.contains(" id=\"" + ids.group(1) + "\""), ids.group(1));
    }
    assertTrue(named.size() > 20, named.toString());
    Matcher paths = Pattern.compile("\"(/v1/[\\w/]+)").matcher(script);
    while (paths.find()) {
      String path = paths.group(1);
      assertEquals(path.equals("/v1/"), !isServed(path), path);
    }
    Matcher commands = Pattern.compile("data-command=\"(\\w+)\"").matcher(html);
    while (commands.find()) {
      assertTrue(isServed("/v1/" + commands.group(1)), commands.group(1));
    }
    assertEquals("OPERATOR", pair.get(pair.httpA, "/v1/role").path("role").asText());
  }

  private static boolean isServed(String path) {
    return HttpInterface.routes(pair.directory("a"), pair.a, new AtomicReference<>()).stream()
        .anyMatch(route -> route.match(path).isPresent());
  }

  @Test
  void aComparisonIsAskedForOverHttp() throws Exception {
    JsonNode answer = pair.json(pair.httpB, "POST", "/v1/verify", "");
    assertTrue(answer.path("equal").asBoolean(), answer.toString());
  }
}
