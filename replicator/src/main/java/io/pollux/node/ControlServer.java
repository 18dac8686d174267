package io.pollux.node;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pollux.core.PolluxException;
import io.pollux.core.PolluxException.Reason;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger.Level;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.function.Function;

/**
 * Answers {@link ControlClient} on the node's socket. Only the owner of the node's directory can
 * reach it.
 */
final class ControlServer implements Closeable {
  private static final System.Logger LOG = System.getLogger(ControlServer.class.getName());
  private static final int LONGEST_REQUEST = 64 << 10;
  private static final int CLIENTS = 32;

  private final Path socket;
  private final ServerSocketChannel server;
  private final Function<JsonNode, CompletableFuture<ObjectNode>> commands;
  private final Set<SocketChannel> clients = ConcurrentHashMap.newKeySet();
  private final Semaphore places = new Semaphore(CLIENTS);

  /**
   * @param commands carries out a request; a failure of the future that is a PolluxException is
   *     told to the client
   */
  ControlServer(NodeDirectory directory, Function<JsonNode, CompletableFuture<ObjectNode>> commands)
      throws IOException, PolluxException {
    this.commands = Objects.requireNonNull(commands, "commands");
    this.socket = ControlSocket.path(directory.path());
    if (!Files.exists(socket.getParent())) {
      DurableFile.createPrivateDirectory(socket.getParent());
    }
    Files.deleteIfExists(socket); // The lock of the directory is ours, so whoever left it is gone.
    this.server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    thread("pollux-control", this::acceptAll);
  }

  private static void thread(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }

  private void acceptAll() {
    try {
      while (server.isOpen()) {
        SocketChannel client = server.accept();
        if (places.tryAcquire()) {
          clients.add(client);
          thread("pollux-control-client", () -> serve(client));
        } else {
          client.close();
        }
      }
    } catch (ClosedChannelException e) {
      LOG.log(Level.DEBUG, "the control socket is closed", e);
    } catch (IOException e) {
      LOG.log(Level.WARNING, "the control socket has failed: {0}", e.getMessage());
    }
  }

  private void serve(SocketChannel client) {
    try (client) {
      ObjectNode answer = answer(readLine(client));
      ByteBuffer out =
          ByteBuffer.wrap(
              (Json.MAPPER.writeValueAsString(answer) + "\n").getBytes(StandardCharsets.UTF_8));
      while (out.hasRemaining()) {
        client.write(out);
      }
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "a control client went away", e);
    } finally {
      clients.remove(client);
      places.release();
    }
  }

  private static String readLine(SocketChannel client) throws IOException {
    InputStream in = Channels.newInputStream(client);
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != '\n' && next >= 0; next = in.read()) {
      line.append((char) next);
      if (line.length() > LONGEST_REQUEST) {
        throw new IOException("a request is longer than " + LONGEST_REQUEST + " bytes");
      }
    }
    return new String(
        line.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  private ObjectNode answer(String line) {
    try {
      return commands.apply(Json.MAPPER.readTree(line)).get().put("ok", true);
    } catch (JsonProcessingException e) {
      return refusal(Reason.BAD_CONFIGURATION, "the request is not JSON");
    } catch (ExecutionException | CompletionException e) {
      return e.getCause() instanceof PolluxException known
          ? refusal(known.reason(), known.getMessage())
          : refusal(Reason.STOPPED, "the node failed: " + e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return refusal(Reason.STOPPED, "the node stops");
    }
  }

  private static ObjectNode refusal(Reason reason, String message) {
    return Json.MAPPER
        .createObjectNode()
        .put("ok", false)
        .put("reason", reason.name())
        .put("message", message);
  }

  /** Answers that are being written still go out. */
  @Override
  public void close() throws IOException {
    server.close();
    Files.deleteIfExists(socket);
  }
}
