package io.pollux.fuzz;

import io.pollux.core.LogEntry;
import io.pollux.core.PolluxException;
import io.pollux.core.Position;
import io.pollux.env.MemoryDisk;
import io.pollux.log.LogReader;
import io.pollux.sql.Catalogue;
import io.pollux.sql.Column;
import io.pollux.sql.Column.Identity;
import io.pollux.sql.EveryTable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Types;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/**
 * Where fuzzing begins: the golden log, and one line for each seed in {@code DECODER.txt}, as text
 * with escapes or, after {@code hex:}, as bytes. Findings are added there.
 */
final class Seeds {
  static final String GOLDEN_NAME = "0000000000000000001.log";

  static final Catalogue EVERYTHING =
      new EveryTable(
          new Column("ID", Types.INTEGER, "INTEGER", false, "", Identity.ALWAYS, false),
          new Column("A", Types.INTEGER, "INTEGER", true, "", Identity.NONE, false),
          new Column("S", Types.VARCHAR, "VARCHAR(9)", true, "'x'", Identity.NONE, false));

  private Seeds() {}

  static byte[] golden() {
    return resource("/io/pollux/log/golden-v1.log");
  }

  static List<LogEntry> goldenEntries() {
    MemoryDisk disk = new MemoryDisk();
    disk.put(GOLDEN_NAME, golden());
    List<LogEntry> entries = new ArrayList<>();
    try {
      new LogReader(disk).read(Position.NONE, located -> entries.add(located.entry()));
    } catch (PolluxException e) {
      throw new AssertionError(e);
    }
    return entries;
  }

  static List<byte[]> of(Decoder decoder) {
    List<byte[]> seeds = new ArrayList<>();
    if (decoder == Decoder.RECORD) {
      goldenEntries().forEach(entry -> seeds.add(entry.body().value()));
    } else if (decoder == Decoder.SQL) {
      lines("/io/pollux/apply/hostile.txt")
          .forEach(line -> seeds.add(line.substring(2).getBytes(StandardCharsets.UTF_8)));
    }
    String file = decoder.name().toLowerCase(Locale.ROOT) + ".txt";
    for (String line : lines("/io/pollux/fuzz/" + file)) {
      seeds.add(
          line.startsWith("hex:")
              ? HexFormat.of().parseHex(line.substring(4))
              : line.translateEscapes().getBytes(StandardCharsets.UTF_8));
    }
    return seeds;
  }

  private static List<String> lines(String resource) {
    return new String(resource(resource), StandardCharsets.UTF_8)
        .lines()
        .filter(line -> !line.isEmpty() && !line.startsWith("#"))
        .toList();
  }

  private static byte[] resource(String name) {
    try (InputStream in = Seeds.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
