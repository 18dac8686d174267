package io.pollux.proxy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pollux.core.Activity;
import io.pollux.node.Node;
import io.pollux.node.NodeStatus;
import io.pollux.proxy.HttpAccess.Role;
import io.pollux.proxy.Route.Answer;
import java.util.List;
import java.util.Objects;
import java.util.function.IntSupplier;

/** For programs that watch over a node. */
final class HealthRoutes {
  private final Node node;
  private final IntSupplier streams;

  /**
   * @param streams how many streams of events are open
   */
  HealthRoutes(Node node, IntSupplier streams) {
    this.node = Objects.requireNonNull(node, "node");
    this.streams = Objects.requireNonNull(streams, "streams");
  }

  List<Route> routes() {
    return List.of(
        new Route(
            "GET",
            "/metrics",
            Role.READ,
            "For Prometheus.",
            List.of(),
            request ->
                Answers.text(
                    Metrics.of(node.status(), node.redundancy().states(), streams.getAsInt()))),
        new Route(
            "GET",
            "/health/live",
            Role.ANYONE,
            "200 while the node has not failed.",
            List.of(),
            request -> health(true, node.status())),
        new Route(
            "GET",
            "/health/ready",
            Role.ANYONE,
            "200 while the node serves: WARM or ACTIVE.",
            List.of(),
            request -> health(node.status().activity() != Activity.COLD, node.status())),
        new Route(
            "GET",
            "/health/paired",
            Role.ANYONE,
            "200 while the peer is connected: 'active alone' is not.",
            List.of(),
            request -> health(Metrics.isConnected(node.status()), node.status())));
  }

  /** Whoever has no token hears nothing that he could use. */
  private static Answer health(boolean isWell, NodeStatus status) {
    ObjectNode document =
        Output.MAPPER.createObjectNode().put("activity", status.activity().name());
    return Answers.json(isWell ? 200 : 503, document.put("connected", Metrics.isConnected(status)));
  }
}
