package io.pollux.env;

import io.pollux.tls.TlsConnection;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** A conversation over TLS: frames of a four-byte length and that many bytes, both ways. */
final class TlsChannel implements Wire.Channel, Closeable {
  /** A record has at most 64 MiB (RecordCodec); a frame holds at least one. */
  private static final int LONGEST_FRAME = 72 << 20;

  /** Bytes that were received but not yet handled; beyond it the reader waits. */
  private static final long UNHANDLED_BYTES = 16 << 20;

  private static final Duration FAREWELL = Duration.ofSeconds(2);
  private static final byte[] END = new byte[0];

  private final TlsConnection connection;
  private final EventLoop loop;
  private final ThreadFactory threads;
  private final Consumer<TlsChannel> gone;

  private final LinkedBlockingQueue<byte[]> outgoing = new LinkedBlockingQueue<>();
  private final AtomicLong queuedBytes = new AtomicLong();
  private final AtomicBoolean closed = new AtomicBoolean();

  /** Guarded by {@code intake}. */
  private long unhandledBytes;

  private final Object intake = new Object();
  private volatile Wire.Listener listener;

  TlsChannel(
      TlsConnection connection, EventLoop loop, ThreadFactory threads, Consumer<TlsChannel> gone) {
    this.connection = connection;
    this.loop = loop;
    this.threads = threads;
    this.gone = gone;
  }

  /** On the loop. */
  void start(Wire.Listener newListener) {
    listener = newListener;
    thread("pollux-link-reader", this::readAll);
    thread("pollux-link-writer", this::writeAll);
    newListener.opened(this);
  }

  private void thread(String name, Runnable task) {
    Thread thread = threads.newThread(task);
    thread.setName(name);
    thread.start();
  }

  private void readAll() {
    try {
      DataInputStream in = new DataInputStream(connection.input());
      while (!closed.get()) {
        int length = in.readInt();
        if (length < 0 || length > LONGEST_FRAME) {
          throw new IOException("the peer announced a frame of " + length + " bytes");
        }
        byte[] message = in.readNBytes(length);
        if (message.length < length) {
          throw new EOFException("the connection ended inside a frame");
        }
        hand(message);
      }
    } catch (EOFException e) {
      end("the peer closed the connection");
    } catch (IOException e) {
      end("the connection broke: " + e.getMessage());
    } catch (InterruptedException | RejectedExecutionException e) {
      end("the node stops");
    }
  }

  private void hand(byte[] message) throws InterruptedException {
    synchronized (intake) {
      while (unhandledBytes > UNHANDLED_BYTES && !closed.get()) {
        intake.wait();
      }
      unhandledBytes += message.length;
    }
    loop.execute(
        () -> {
          synchronized (intake) {
            unhandledBytes -= message.length;
            intake.notifyAll();
          }
          listener.received(message);
        });
  }

  private void writeAll() {
    try {
      DataOutputStream out =
          new DataOutputStream(new BufferedOutputStream(connection.output(), 64 << 10));
      for (byte[] message = outgoing.take(); message != END; message = outgoing.take()) {
        out.writeInt(message.length);
        out.write(message);
        queuedBytes.addAndGet(-message.length);
        if (outgoing.isEmpty()) {
          out.flush();
        }
      }
      out.flush();
      connection.close();
    } catch (IOException e) {
      end("the connection broke: " + e.getMessage());
    } catch (InterruptedException e) {
      end("the node stops");
    }
  }

  @Override
  public String peer() {
    return connection.peer().toString();
  }

  @Override
  public String description() {
    return connection.remoteAddress() + " by " + connection.security();
  }

  @Override
  public void send(byte[] message) {
    if (!closed.get()) {
      queuedBytes.addAndGet(message.length);
      outgoing.add(message);
    }
  }

  @Override
  public long queuedBytes() {
    return queuedBytes.get();
  }

  /** What was sent before still goes out, if the peer reads it soon. */
  @Override
  public void close(String reason) {
    end(reason);
    loop.schedule(FAREWELL, connection::abort);
  }

  @Override
  public void close() {
    end("the node stops");
    connection.abort();
  }

  private void end(String reason) {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    outgoing.add(END);
    synchronized (intake) {
      intake.notifyAll();
    }
    gone.accept(this);
    try {
      loop.execute(() -> listener.closed(reason));
    } catch (RejectedExecutionException e) {
      System.getLogger(TlsChannel.class.getName())
          .log(System.Logger.Level.DEBUG, "the node stopped before its link", e);
    }
  }
}
