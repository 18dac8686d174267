package io.pollux.proxy;

import io.pollux.core.PolluxException;
import io.pollux.core.PolluxException.Reason;
import io.pollux.node.Node;
import io.pollux.proxy.HttpAccess.Role;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/** All that a node's HTTP interface serves, put together. */
final class HttpInterface {
  private static final System.Logger LOG = System.getLogger(HttpInterface.class.getName());

  private HttpInterface() {}

  /**
   * Opens it for a node.
   *
   * @param address HOST:PORT
   */
  static HttpServer open(Path directory, String address, Node node) throws PolluxException {
    InetSocketAddress where = address(address);
    AtomicReference<HttpServer> server = new AtomicReference<>();
    List<Route> routes = routes(directory, node, server);
    HttpAccess access = HttpAccess.open(directory, where.getHostString());
    server.set(new HttpServer(directory, where, access, routes));
    if (!where.getAddress().isLoopbackAddress()) {
      LOG.log(
          Level.WARNING,
          "HTTP at {0} is not encrypted, and other machines reach it: put a proxy with TLS before it",
          address);
    }
    LOG.log(
        Level.INFO, "HTTP at {0}:{1}", where.getHostString(), String.valueOf(server.get().port()));
    return server.get();
  }

  static List<Route> routes(Path directory, Node node, AtomicReference<HttpServer> server) {
    List<Route> routes = new ArrayList<>();
    routes.addAll(new NodeRoutes(directory, node).routes());
    routes.addAll(new HealthRoutes(node, () -> server.get().openStreams()).routes());
    routes.addAll(new StateRoutes(node).routes());
    routes.addAll(new OperationRoutes(node).routes());
    routes.addAll(new LogRoutes(directory, node).routes());
    routes.addAll(PageRoutes.routes());
    routes.add(
        new Route(
            "GET",
            "/openapi.json",
            Role.ANYONE,
            "This document.",
            List.of(),
            request -> Answers.json(OpenApi.of(routes))));
    return routes;
  }

  private static InetSocketAddress address(String text) throws PolluxException {
    int colon = text.lastIndexOf(':');
    String port = text.substring(colon + 1);
    if (colon > 0 && port.matches("\\d{1,5}") && Integer.parseInt(port) < 65_536) {
      InetSocketAddress address =
          new InetSocketAddress(text.substring(0, colon), Integer.parseInt(port));
      if (!address.isUnresolved()) {
        return address;
      }
    }
    throw new PolluxException(
        Reason.BAD_CONFIGURATION,
        "'http: "
            + text
            + "' in pollux.yaml is no HOST:PORT that this machine knows; write for example"
            + " 127.0.0.1:7480, or port 0 for a free one");
  }
}
