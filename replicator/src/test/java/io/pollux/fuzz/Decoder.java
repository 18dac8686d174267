package io.pollux.fuzz;

import io.pollux.codec.CodecException;
import io.pollux.codec.FrameCodec;
import io.pollux.codec.RecordCodec;
import io.pollux.codec.wire.LinkFrame;
import io.pollux.core.LogEntry;
import io.pollux.core.LogRecord;
import io.pollux.core.PolluxException;
import io.pollux.core.Position;
import io.pollux.engine.Dialects;
import io.pollux.env.MemoryDisk;
import io.pollux.log.LogReader;
import io.pollux.node.ConfigFile;
import io.pollux.sql.CapturePlan;
import io.pollux.sql.Classifier;
import io.pollux.sql.SqlFacts;
import io.pollux.sql.Template;
import io.pollux.tls.JoinToken;
import io.pollux.tls.TokenException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Everything that turns bytes of others into something; each takes any bytes. */
enum Decoder {
  /** What comes over the link. */
  FRAME {
    @Override
    void take(byte[] bytes) {
      try {
        LinkFrame frame = FrameCodec.decode(bytes);
        demand(FrameCodec.decode(frame.toByteArray()).equals(frame), "a frame reads differently");
      } catch (CodecException e) {
        refused(e);
      }
    }
  },

  /** What the statement log holds. */
  RECORD {
    @Override
    void take(byte[] bytes) {
      RecordCodec codec = new RecordCodec();
      try {
        LogRecord record = codec.decode(bytes);
        LogRecord again = codec.decode(codec.encode(record));
        demand(again.equals(record), "a record reads differently");
      } catch (CodecException e) {
        refused(e);
      }
    }
  },

  /** A log file; the bytes are edits of the golden one: a length to cut, then place and value. */
  SEGMENT {
    @Override
    void take(byte[] bytes) {
      MemoryDisk disk = new MemoryDisk();
      disk.put(Seeds.GOLDEN_NAME, damaged(Seeds.golden(), bytes));
      List<LogEntry> intact = Seeds.goldenEntries();
      List<LogEntry> found = new ArrayList<>();
      try {
        new LogReader(disk).read(Position.NONE, located -> found.add(located.entry()));
      } catch (PolluxException e) {
        refused(e);
      }
      demand(
          found.size() <= intact.size() && found.equals(intact.subList(0, found.size())),
          "damage was read as another record");
    }
  },

  /** The line that an operator pastes. */
  TOKEN {
    @Override
    void take(byte[] bytes) {
      String line = new String(bytes, StandardCharsets.UTF_8);
      try {
        demand(JoinToken.parse(line).encode().equals(line.strip()), "a token has two forms");
      } catch (TokenException e) {
        refused(e);
      }
    }
  },

  /** {@code pollux.yaml}. */
  CONFIG {
    @Override
    void take(byte[] bytes) {
      try {
        Path file = Files.createTempFile("pollux", ".yaml");
        try {
          Files.write(file, bytes);
          demand(ConfigFile.read(file) != null, "nothing was read");
        } finally {
          Files.delete(file);
        }
      } catch (PolluxException e) {
        refused(e);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  },

  /** Lexer, classifier and template of SQL, against a catalogue in which every name is a table. */
  SQL {
    @Override
    void take(byte[] bytes) {
      String sql = new String(bytes, StandardCharsets.UTF_8);
      try {
        SqlFacts facts = Dialects.forUrl("jdbc:derby:memory:fuzz").facts();
        Classifier classifier = new Classifier(facts);
        CapturePlan plan = classifier.classify(sql, Seeds.EVERYTHING);
        CapturePlan template = classifier.classify(Template.of(sql, facts), Seeds.EVERYTHING);
        demand(plan.getClass() == template.getClass(), "a literal decided the plan");
      } catch (SQLException | PolluxException e) {
        throw new AssertionError(e);
      }
    }
  };

  /**
   * Decodes.
   *
   * @throws RuntimeException or an Error: that is a finding
   */
  abstract void take(byte[] bytes);

  static byte[] damaged(byte[] file, byte[] edits) {
    int cut = edits.length > 1 ? (edits[0] & 0xff) << 8 | (edits[1] & 0xff) : 0;
    byte[] copy = Arrays.copyOf(file, file.length - cut % file.length);
    for (int i = 2; i + 2 < edits.length && copy.length > 0; i += 3) {
      int place = (edits[i] & 0xff) << 8 | (edits[i + 1] & 0xff);
      copy[place % copy.length] = edits[i + 2];
    }
    return copy;
  }

  private static void demand(boolean condition, String otherwise) {
    if (!condition) {
      throw new AssertionError(otherwise);
    }
  }

  /** A refusal says why. */
  private static void refused(Exception refusal) {
    demand(refusal.getMessage() != null && !refusal.getMessage().isBlank(), "no reason is given");
  }
}
