package io.pollux.tls;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;

/** Passes one TCP connection on and keeps what the server said. */
final class RecordingProxy implements Closeable {
  private final ServerSocket server;
  private final ByteArrayOutputStream fromServer = new ByteArrayOutputStream();

  private final CompletableFuture<Boolean> passing;

  RecordingProxy(InetSocketAddress target) throws IOException {
    server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    passing =
        TestNode.inBackground(
            () -> {
              Socket client = server.accept();
              Socket upstream = new Socket(target.getAddress(), target.getPort());
              CompletableFuture<Boolean> up =
                  TestNode.inBackground(
                      () -> pump(client.getInputStream(), upstream.getOutputStream(), false));
              return pump(upstream.getInputStream(), client.getOutputStream(), true) && up.join();
            });
  }

  InetSocketAddress address() {
    return (InetSocketAddress) server.getLocalSocketAddress();
  }

  byte[] saidByServer() {
    synchronized (fromServer) {
      return fromServer.toByteArray();
    }
  }

  private boolean pump(InputStream from, OutputStream to, boolean isRecorded) throws IOException {
    byte[] buffer = new byte[8192];
    for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
      if (isRecorded) {
        synchronized (fromServer) {
          fromServer.write(buffer, 0, count);
        }
      }
      to.write(buffer, 0, count);
    }
    to.close();
    return true;
  }

  @Override
  public void close() throws IOException {
    server.close();
    passing.cancel(false);
  }
}
