package io.pollux.proxy;

import io.pollux.proxy.HttpAccess.Role;
import io.pollux.proxy.Route.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * The page for people. It has no data of its own: it asks the other routes, with the token that its
 * reader gives it.
 */
final class PageRoutes {
  private PageRoutes() {}

  static List<Route> routes() {
    return List.of(
        file("/", "page/index.html", "text/html; charset=utf-8", "The page of the node."),
        file("/page.css", "page/page.css", "text/css; charset=utf-8", "How the page looks."),
        file("/page.js", "page/page.js", "text/javascript; charset=utf-8", "What the page does."),
        new Route(
            "GET",
            "/v1/role",
            Role.READ,
            "What the token allows: READ or OPERATOR.",
            List.of(),
            request ->
                Answers.json(Output.MAPPER.createObjectNode().put("role", request.role().name()))));
  }

  private static Route file(String path, String resource, String contentType, String summary) {
    return new Route(
        "GET",
        path,
        Role.ANYONE,
        summary,
        List.of(),
        request -> Answer.of(200, contentType, read(resource)));
  }

  private static byte[] read(String resource) throws IOException {
    try (InputStream in = PageRoutes.class.getResourceAsStream(resource)) {
      return in.readAllBytes();
    }
  }
}
