package io.pollux.env;

import java.io.Closeable;
import java.time.Duration;

/**
 * Ordered, authenticated conversations with other nodes. All callbacks come on the node's event
 * loop.
 */
public interface Wire {
  /**
   * Accepts conversations at an address {@code HOST:PORT}.
   *
   * @throws java.io.IOException if the address can't be bound; the message says why
   */
  Closeable listen(String address, Acceptor acceptor) throws java.io.IOException;

  /**
   * Opens a conversation with the node that holds {@code peer}'s key; the outcome comes to {@code
   * listener}.
   */
  void connect(String address, String peer, Duration timeout, Listener listener);

  /** Is asked for a listener for each authenticated conversation. */
  @FunctionalInterface
  interface Acceptor {
    Listener accept(Channel channel);
  }

  /** Where the events of one conversation go. */
  interface Listener {
    void opened(Channel channel);

    void received(byte[] message);

    /** Comes once, whoever closed it, also if it never opened. {@code reason} is for people. */
    void closed(String reason);
  }

  /** One conversation. Methods are called on the event loop and do not block. */
  interface Channel {
    /** SHA-256 fingerprint of the other side's public key, lower-case hex. */
    String peer();

    /** For people: where the other side is, and how the conversation is protected. */
    String description();

    void send(byte[] message);

    /** Bytes handed to {@link #send} that the network has not taken yet. */
    long queuedBytes();

    void close(String reason);
  }
}
