package io.pollux.copy;

import com.google.protobuf.ByteString;
import io.pollux.codec.wire.Checkpoint;
import io.pollux.codec.wire.CopyBegin;
import io.pollux.codec.wire.CopyChunk;
import io.pollux.codec.wire.CopyEnd;
import io.pollux.codec.wire.CopyFailed;
import io.pollux.codec.wire.LinkFrame;
import io.pollux.env.EventLoop;
import io.pollux.link.Link;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.stream.Stream;

/**
 * Streams a directory that holds a consistent copy of the database to the follower, a piece at a
 * time and only as fast as the link takes it. The state lives on the loop; files are read on the
 * worker, one read at a time.
 */
public final class CopySender {
  private static final int CHUNK_BYTES = 256 << 10;
  private static final long QUEUE_BYTES = 4 << 20;
  private static final Duration PAUSE = Duration.ofMillis(5);

  private final EventLoop loop;
  private final Executor worker;
  private final Link link;
  private final CopyBegin begin;
  private final Path root;
  private final Deque<Path> files;
  private final MessageDigest digest = sha256();
  private final Listener listener;

  private Optional<InputStream> open = Optional.empty();
  private long offset;
  private long sentBytes;
  private boolean ended;

  /** How it ended, on the loop. */
  @FunctionalInterface
  public interface Listener {
    /** {@code failure} is empty if all was sent. */
    void ended(Optional<String> failure);
  }

  private CopySender(
      EventLoop loop,
      Executor worker,
      Link link,
      CopyBegin begin,
      Source source,
      Listener listener) {
    this.loop = Objects.requireNonNull(loop, "loop");
    this.worker = Objects.requireNonNull(worker, "worker");
    this.link = Objects.requireNonNull(link, "link");
    this.begin = begin;
    this.root = source.root();
    this.files = new ArrayDeque<>(source.files());
    this.listener = Objects.requireNonNull(listener, "listener");
  }

  /** A finished copy on disk. */
  public record Source(Path root, List<Path> files, long bytes) {
    public Source {
      Objects.requireNonNull(root, "root");
      files = List.copyOf(files);
    }

    /** Lists what is in {@code root}. */
    public static Source of(Path root) throws IOException {
      try (Stream<Path> all = Files.walk(root)) {
        List<Path> files = all.filter(Files::isRegularFile).sorted().toList();
        long bytes = 0;
        for (Path file : files) {
          bytes += Files.size(file);
        }
        return new Source(root, files, bytes);
      }
    }
  }

  /** Starts to send. */
  public static CopySender start(
      EventLoop loop,
      Executor worker,
      Link link,
      Announcement what,
      Source source,
      Listener listener) {
    CopyBegin begin =
        CopyBegin.newBuilder()
            .setId(what.id())
            .setBase(what.base())
            .setTotalBytes(source.bytes())
            .setIncarnation(what.incarnation())
            .build();
    CopySender sender = new CopySender(loop, worker, link, begin, source, listener);
    link.send(LinkFrame.newBuilder().setCopyBegin(begin));
    sender.pump();
    return sender;
  }

  /**
   * What the follower must know before the first byte.
   *
   * @param id of the copy, unique for this node
   * @param base the record after which the follower's log begins
   */
  public record Announcement(String id, Checkpoint base, String incarnation) {}

  public long sentBytes() {
    return sentBytes;
  }

  public long totalBytes() {
    return begin.getTotalBytes();
  }

  /** The follower is gone. */
  public void cancel(String reason) {
    end(Optional.of(reason));
  }

  private void pump() {
    if (ended) {
      return;
    } else if (link.queuedBytes() > QUEUE_BYTES) {
      loop.schedule(PAUSE, this::pump);
      return;
    }
    worker.execute(
        () -> {
          try {
            Optional<CopyChunk> chunk = next();
            loop.execute(() -> send(chunk));
          } catch (IOException e) {
            loop.execute(() -> end(Optional.of("reading the copy failed: " + e.getMessage())));
          }
        });
  }

  private Optional<CopyChunk> next() throws IOException {
    while (!files.isEmpty() || open.isPresent()) {
      if (open.isEmpty()) {
        open = Optional.of(Files.newInputStream(files.element()));
        offset = 0;
      }
      byte[] data = open.orElseThrow().readNBytes(CHUNK_BYTES);
      if (data.length > 0 || offset == 0) {
        digest.update(data);
        CopyChunk chunk =
            CopyChunk.newBuilder()
                .setId(begin.getId())
                .setFile(name(files.element()))
                .setOffset(offset)
                .setData(ByteString.copyFrom(data))
                .build();
        offset += data.length;
        if (data.length < CHUNK_BYTES) {
          closeFile();
        }
        return Optional.of(chunk);
      }
      closeFile();
    }
    return Optional.empty();
  }

  private void closeFile() throws IOException {
    open.orElseThrow().close();
    open = Optional.empty();
    files.remove();
  }

  private String name(Path file) {
    return root.relativize(file).toString().replace(java.io.File.separatorChar, '/');
  }

  private void send(Optional<CopyChunk> chunk) {
    if (ended) {
      return;
    } else if (chunk.isPresent()) {
      sentBytes += chunk.orElseThrow().getData().size();
      link.send(LinkFrame.newBuilder().setCopyChunk(chunk.orElseThrow()));
      pump();
    } else {
      link.send(
          LinkFrame.newBuilder()
              .setCopyEnd(
                  CopyEnd.newBuilder()
                      .setId(begin.getId())
                      .setDigest(ByteString.copyFrom(digest.digest()))));
      end(Optional.empty());
    }
  }

  private void end(Optional<String> failure) {
    if (ended) {
      return;
    }
    ended = true;
    failure.ifPresent(
        text ->
            link.send(
                LinkFrame.newBuilder()
                    .setCopyFailed(CopyFailed.newBuilder().setId(begin.getId()).setText(text))));
    listener.ended(failure);
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }
}
