package io.pollux.proxy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.pollux.codec.RecordCodec;
import io.pollux.core.Change;
import io.pollux.core.Client;
import io.pollux.core.Epoch;
import io.pollux.core.LogRecord;
import io.pollux.core.SqlValue;
import io.pollux.core.Stamp;
import io.pollux.core.TableName;
import io.pollux.core.Transaction;
import io.pollux.env.FileDisk;
import io.pollux.env.Ids;
import io.pollux.env.SystemClock;
import io.pollux.env.ThreadLoop;
import io.pollux.log.LogSettings;
import io.pollux.log.StatementLog;
import io.pollux.node.ConfigFile;
import io.pollux.node.NodeConfig;
import io.pollux.node.Setup;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an auditor asks of a log a year later. */
class AuditTest {
  private static final TableName ITEM = new TableName("APP", "ITEM");
  private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");

  @TempDir private Path temp;

  private Path directory;
  private NodeConfig config;

  /** What a command answered. */
  private record Answer(int code, String out, String err) {}

  @BeforeEach
  void writeLog() throws Exception {
    directory = temp.resolve("a");
    String url = "jdbc:h2:" + temp.resolve("db");
    String token =
        new Setup(new SystemClock())
            .init(
                new Setup.Plan(
                    directory,
                    "a",
                    freeAddress(),
                    new NodeConfig.Database(url, Optional.empty(), Optional.empty())),
                Duration.ofHours(1));
    assertFalse(token.isEmpty());
    config = ConfigFile.read(directory.resolve("pollux.yaml"));
    List<LogRecord> records = new ArrayList<>();
    records.add(new LogRecord.Reign(new Epoch(1), 1, config.id(), "first start", NOON));
    for (int id = 1; id <= 5; id++) {
      records.add(decided(id, insert(id)));
    }
    records.add(
        decided(
            6,
            new Change.Rows(
                ITEM,
                Change.Action.DELETE,
                List.of("ID"),
                1,
                List.of(List.of(new SqlValue.Whole(3))))));
    records.add(
        decided(
            7, new Change.Statement("APP", ITEM, "UPDATE ITEM SET N = 'x' WHERE ID = 4", sets())));
    records.add(new LogRecord.Mark(config.id(), "=cmd(), \"quoted\"", NOON.plusSeconds(100)));
    append(records);
  }

  private static List<Change.ParameterSet> sets() {
    return List.of(new Change.ParameterSet(List.of(), 1));
  }

  private static Change insert(int id) {
    return new Change.Statement(
        "APP",
        ITEM,
        "INSERT INTO ITEM VALUES (?, ?)",
        List.of(
            new Change.ParameterSet(
                List.of(new SqlValue.Whole(id), new SqlValue.Text("secret" + id)), 1)));
  }

  private LogRecord decided(int number, Change change) {
    return new LogRecord.Decided(
        new Transaction(
            new Stamp(1, 1, number),
            config.id(),
            number % 2 + 1,
            new Client("APP", number < 4 ? "billing" : "import", "main"),
            NOON.plusSeconds(number),
            List.of(change)));
  }

  private void append(List<LogRecord> records) throws Exception {
    CompletableFuture<Void> closed = new CompletableFuture<>();
    try (ThreadLoop loop =
        new ThreadLoop("test", new SystemClock(), closed::completeExceptionally)) {
      loop.execute(
          () -> {
            try {
              StatementLog log =
                  StatementLog.open(
                      FileDisk.create(directory.resolve("log")),
                      loop,
                      Runnable::run,
                      LogSettings.defaults(Ids.uuid(config.group())),
                      (position, body) -> {},
                      closed::completeExceptionally);
              for (LogRecord record : records) {
                log.append(new RecordCodec().encode(record));
              }
              log.close(() -> closed.complete(null));
            } catch (Exception e) {
              closed.completeExceptionally(e);
            }
          });
      closed.get();
    }
  }

  private static String freeAddress() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return "127.0.0.1:" + socket.getLocalPort();
    }
  }

  private Answer log(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    List<String> all = new ArrayList<>(List.of("log"));
    all.addAll(List.of(arguments));
    all.addAll(List.of("--dir", directory.toString()));
    int code =
        PolluxMain.commandLine(new PrintWriter(out), new PrintWriter(err))
            .execute(all.toArray(String[]::new));
    return new Answer(code, out.toString(), err.toString());
  }

  private List<Integer> found(String... criteria) throws Exception {
    List<String> all = new ArrayList<>(List.of("search", "--json"));
    all.addAll(List.of(criteria));
    JsonNode document = Output.MAPPER.readTree(log(all.toArray(String[]::new)).out());
    List<Integer> positions = new ArrayList<>();
    document.path("records").forEach(record -> positions.add(record.path("position").asInt()));
    return positions;
  }

  @Test
  void recordsAreFoundByAllThatIsKnownOfThem() throws Exception {
    assertEquals(List.of(4, 7), found("--table", "item", "--key", "3"));
    assertEquals(List.of(6), found("--key", "secret5"));
    assertEquals(List.of(5, 8), found("--table", "APP.ITEM", "--key", "4"));
    assertEquals(List.of(7), found("--kind", "delete"));
    assertEquals(List.of(1), found("--kind", "REIGN"));
    assertEquals(List.of(2, 3, 4), found("--client", "bill"));
    assertEquals(List.of(3, 5, 7), found("--slot", "1"));
    assertEquals(List.of(2, 3), found("--user", "app", "--limit", "2"));
    assertEquals(List.of(7, 8), found("--user", "app", "--limit", "2", "--newest"));
    assertEquals(
        List.of(3, 4), found("--since", "2026-01-31T12:00:02Z", "--until", "2026-01-31T12:00:03Z"));
    assertEquals(List.of(4, 5), found("--from", "4", "--to", "5"));
    assertEquals(List.of(), found("--table", "TEM"));
    assertEquals(1, log("search", "--table", "none").code());
    Answer masked = log("search", "--key", "secret5");
    assertEquals(0, masked.code());
    assertFalse(masked.out().contains("secret"), masked.out());
    assertEquals(2, log("search", "--since", "yesterday").code());
  }

  @Test
  void anExportWithValuesProvesTheChainToWhoeverComputesItAgain() throws Exception {
    Answer export = log("export", "--values");
    assertEquals(0, export.code(), export.err());
    assertTrue(export.err().contains("is not noted, as the node does not run"), export.err());
    UUID group = Ids.uuid(config.group());
    MessageDigest sha = MessageDigest.getInstance("SHA-256");
    sha.update("pollux-log-origin-1".getBytes(StandardCharsets.US_ASCII));
    byte[] hash =
        sha.digest(
            ByteBuffer.allocate(16)
                .putLong(group.getMostSignificantBits())
                .putLong(group.getLeastSignificantBits())
                .array());
    int records = 0;
    for (String line : export.out().lines().toList()) {
      JsonNode record = Output.MAPPER.readTree(line);
      sha.update("pollux-log-record-1".getBytes(StandardCharsets.US_ASCII));
      sha.update(hash);
      sha.update(ByteBuffer.allocate(8).putLong(record.path("position").asLong()).array());
      hash = sha.digest(Base64.getDecoder().decode(record.path("body").asText()));
      assertArrayEquals(HexFormat.of().parseHex(record.path("hash").asText()), hash);
      records++;
    }
    assertEquals(9, records);
  }

  @Test
  void anExportMasksValuesAndATableHasOneLineForEachRecord() {
    Answer lines = log("export");
    assertFalse(lines.out().contains("secret"), lines.out());
    Answer table = log("export", "--format", "csv", "--from", "7");
    List<String> rows = table.out().lines().toList();
    assertEquals(4, rows.size(), table.out());
    assertTrue(rows.get(0).startsWith("position,at,type,stamp,node,user,"), rows.get(0));
    assertTrue(
        rows.get(1).startsWith("7,2026-01-31T12:00:06Z,TRANSACTION,1.1.6,a,APP,import,main,DELETE"),
        rows.get(1));
    assertTrue(rows.get(3).contains(",\"'=cmd(), \"\"quoted\"\"\","), rows.get(3));
  }

  @Test
  void aReplayNeedsACopyAndAPlaceInTheLog() {
    Answer own = log("replay", "--until", "3", "--into", "jdbc:h2:" + temp.resolve("db"));
    assertEquals(2, own.code());
    assertTrue(own.err().contains("is the node's own database"), own.err());
    Answer when = log("replay", "--until", "soon", "--into", "jdbc:h2:" + temp.resolve("copy"));
    assertEquals(2, when.code());
    assertTrue(when.err().contains("no time such as"), when.err());
    Answer other = log("replay", "--until", "3", "--into", "jdbc:derby:" + temp.resolve("copy"));
    assertTrue(other.err().contains("another engine"), other.err());
    Answer wrong = log("replay", "--until", "2", "--into", "jdbc:h2:" + temp.resolve("copy"));
    assertEquals(1, wrong.code());
    assertTrue(wrong.err().contains("record 2 can't be applied"), wrong.err());
  }

  @Test
  void aShellCompletesTheCommands() {
    StringWriter out = new StringWriter();
    int code =
        PolluxMain.commandLine(new PrintWriter(out), new PrintWriter(out)).execute("completion");
    assertEquals(0, code);
    assertTrue(out.toString().startsWith("#!/usr/bin/env bash"), "a script");
    assertTrue(out.toString().contains("switchover"), "with the commands");
  }
}
