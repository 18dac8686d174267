package io.pollux.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pollux.core.PolluxException;
import io.pollux.core.PolluxException.Reason;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;

/**
 * Asks the process that holds a node's directory, through the socket {@code node.sock}: one line of
 * JSON each way. Requests are {@code {"command": NAME, …}}; answers are {@code {"ok": true, …}} or
 * {@code {"ok": false, "reason": …, "message": …}}.
 *
 * <p>Commands: {@code status}, {@code verify}, {@code promote} (force, reason), {@code demote},
 * {@code switchover}, {@code resync}, {@code fresh} (is the WARM node's database where the active
 * node is now), {@code identity} (who it is and whom it trusts), {@code rotate}, {@code revoke}
 * (node), {@code yield} (give the directory to the caller), {@code stop}.
 */
public final class ControlClient {
  private static final int LONGEST_ANSWER = 16 << 20;

  private ControlClient() {}

  /** The node may be of another version and know other reasons. */
  private static Reason reason(String name) {
    return Arrays.stream(Reason.values())
        .filter(reason -> reason.name().equals(name))
        .findFirst()
        .orElse(Reason.STOPPED);
  }

  /** A request for {@code command}; further arguments may be added. */
  public static ObjectNode request(String command) {
    return Json.MAPPER.createObjectNode().put("command", Objects.requireNonNull(command));
  }

  /**
   * Sends a request and waits for its answer.
   *
   * @return the answer's document, without {@code ok}
   * @throws PolluxException NODE_NOT_RUNNING if nobody holds the directory, or what the node
   *     answered
   */
  public static JsonNode call(Path directory, ObjectNode request) throws PolluxException {
    Path socket = ControlSocket.path(directory);
    JsonNode answer;
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      channel.write(
          ByteBuffer.wrap(
              (Json.MAPPER.writeValueAsString(request) + "\n").getBytes(StandardCharsets.UTF_8)));
      byte[] line = Channels.newInputStream(channel).readNBytes(LONGEST_ANSWER);
      if (line.length == 0 || line.length == LONGEST_ANSWER) {
        throw new IOException("it answered with " + line.length + " bytes");
      }
      answer = Json.MAPPER.readTree(line);
    } catch (IOException e) {
      throw new PolluxException(
          Reason.NODE_NOT_RUNNING,
          "can't reach the node in "
              + directory
              + ": "
              + e.getMessage()
              + "; start the application or 'pollux run --dir "
              + directory
              + "'",
          e);
    }
    if (!answer.path("ok").asBoolean()) {
      throw new PolluxException(
          reason(answer.path("reason").asText()),
          answer.path("message").asText("the node refused without a reason"));
    }
    return answer;
  }
}
