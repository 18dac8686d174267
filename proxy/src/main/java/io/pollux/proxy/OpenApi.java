package io.pollux.proxy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pollux.proxy.HttpAccess.Role;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** The routes as an OpenAPI document, made of the routes themselves. */
final class OpenApi {
  private static final Pattern ARGUMENT = Pattern.compile("\\{(\\w+)}");

  private OpenApi() {}

  static ObjectNode of(List<Route> routes) {
    ObjectNode document = Output.MAPPER.createObjectNode().put("openapi", "3.1.0");
    document
        .putObject("info")
        .put("title", "Pollux")
        .put("version", "1")
        .put("description", "A node of a pair. Errors are {error, message}.");
    document
        .putObject("components")
        .putObject("securitySchemes")
        .putObject("token")
        .put("type", "http")
        .put("scheme", "bearer")
        .put("description", "From " + HttpAccess.FILE + " in the node's directory.");
    ObjectNode paths = document.putObject("paths");
    for (Route route : routes) {
      ObjectNode operation =
          paths.withObjectProperty(route.path()).putObject(route.method().toLowerCase(Locale.ROOT));
      operation.put("summary", route.summary());
      operation.put("x-role", route.role().name());
      ArrayNode security = operation.putArray("security");
      if (route.role() != Role.ANYONE) {
        security.addObject().putArray("token");
      }
      parameters(route, operation.putArray("parameters"));
      ObjectNode responses = operation.putObject("responses");
      responses.putObject("200").put("description", "Done.");
      responses.putObject("default").put("description", "Refused, with the reason.");
    }
    return document;
  }

  private static void parameters(Route route, ArrayNode parameters) {
    ARGUMENT
        .matcher(route.path())
        .results()
        .forEach(found -> parameter(parameters, found.group(1), "path").put("required", true));
    route.query().forEach(name -> parameter(parameters, name, "query"));
  }

  private static ObjectNode parameter(ArrayNode parameters, String name, String in) {
    ObjectNode parameter = parameters.addObject().put("name", name).put("in", in);
    parameter.putObject("schema").put("type", "string");
    return parameter;
  }
}
