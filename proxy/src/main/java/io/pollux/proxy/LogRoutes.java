package io.pollux.proxy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pollux.core.PolluxException;
import io.pollux.core.PolluxException.Reason;
import io.pollux.core.Position;
import io.pollux.log.LogReader;
import io.pollux.node.ConfigFile;
import io.pollux.node.Node;
import io.pollux.node.NodeConfig;
import io.pollux.proxy.HttpAccess.Role;
import io.pollux.proxy.LogSearch.Criteria;
import io.pollux.proxy.LogSearch.Found;
import io.pollux.proxy.LogSearch.Range;
import io.pollux.proxy.LogSearch.Who;
import io.pollux.proxy.Route.Answer;
import io.pollux.proxy.Route.Request;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** The statement log over HTTP. */
final class LogRoutes {
  private static final Position END = new Position(Long.MAX_VALUE - 1);

  private final Path directory;
  private final Node node;

  LogRoutes(Path directory, Node node) {
    this.directory = Objects.requireNonNull(directory, "directory");
    this.node = Objects.requireNonNull(node, "node");
  }

  List<Route> routes() {
    return List.of(
        new Route(
            "GET",
            "/v1/log",
            Role.READ,
            "Lists the newest records, oldest first, or those from a position on.",
            List.of("from", "limit", "values"),
            this::list),
        new Route(
            "GET",
            "/v1/log/search",
            Role.READ,
            "Finds records by position, time, kind, table, value, connection, user and client; the"
                + " oldest ones, or with 'newest=true' the newest.",
            List.of(
                "from", "to", "since", "until", "kind", "table", "key", "slot", "user", "client",
                "newest", "limit", "values"),
            this::search),
        new Route(
            "GET",
            "/v1/log/verify",
            Role.READ,
            "Verifies the chain of hashes over the whole log.",
            List.of(),
            request -> Answers.json(LogFiles.verify(directory).document())),
        new Route(
            "GET",
            "/v1/log/{position}",
            Role.READ,
            "Shows one record.",
            List.of("values"),
            this::show));
  }

  /** Who sees the data itself is an operator, and the log says so. */
  private boolean values(Request request) throws PolluxException {
    boolean wanted = request.query().getOrDefault("values", "false").equals("true");
    if (wanted && request.role() != Role.OPERATOR) {
      throw new PolluxException(
          Reason.BAD_CONFIGURATION, "values are shown to whoever has the operator's token");
    }
    if (wanted) {
      node.mark("an operator looks at values of the log over HTTP");
    }
    return wanted;
  }

  private NodeConfig config() throws PolluxException {
    return ConfigFile.read(directory.resolve("pollux.yaml"));
  }

  private static int limit(Request request) {
    long limit = request.number("limit", 50);
    if (limit < 1 || limit > LogSearch.MAX_RECORDS) {
      throw new IllegalArgumentException(
          "'limit' is from 1 to " + LogSearch.MAX_RECORDS + ", not " + limit);
    }
    return (int) limit;
  }

  private Answer list(Request request) throws PolluxException {
    Optional<LogReader> log = LogFiles.open(directory);
    int limit = limit(request);
    Position tail = log.isEmpty() ? Position.NONE : LogFiles.tail(log.orElseThrow(), limit);
    Position from = new Position(request.number("from", tail.index()));
    Range range = new Range(from, END, Optional.empty(), Optional.empty());
    return answer(request, log, limit, any(range));
  }

  private static Criteria any(Range range) {
    return new Criteria(
        range,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        new Who(Optional.empty(), Optional.empty()));
  }

  private Answer search(Request request) throws PolluxException {
    Range range =
        new Range(
            new Position(request.number("from", 0)),
            new Position(request.number("to", END.index())),
            text(request, "since").map(LogSearch::instant),
            text(request, "until").map(LogSearch::instant));
    Criteria criteria =
        new Criteria(
            range,
            text(request, "kind"),
            text(request, "table"),
            text(request, "key"),
            text(request, "slot").map(unused -> (int) request.number("slot", 0)),
            new Who(text(request, "user"), text(request, "client")));
    return answer(request, LogFiles.open(directory), limit(request), criteria);
  }

  private static Optional<String> text(Request request, String name) {
    return Optional.ofNullable(request.query().get(name)).filter(text -> !text.isEmpty());
  }

  private Answer answer(Request request, Optional<LogReader> log, int limit, Criteria criteria)
      throws PolluxException {
    LogSearch search = new LogSearch(criteria, values(request), config());
    boolean isNewest = request.query().getOrDefault("newest", "false").equals("true");
    Found found = isNewest ? search.last(log, limit) : search.first(log, limit);
    ObjectNode document = Output.MAPPER.createObjectNode();
    document.set("records", found.records());
    found.damage().ifPresent(damage -> document.set("finding", LogFiles.json(damage)));
    return Answers.json(document);
  }

  private Answer show(Request request) throws PolluxException {
    String text = request.arguments().get(0);
    if (!text.matches("\\d{1,18}")) {
      throw new IllegalArgumentException("'" + text + "' is no position such as 17");
    }
    Position at = new Position(Long.parseLong(text));
    Range range = new Range(at, at, Optional.empty(), Optional.empty());
    Found found =
        new LogSearch(any(range), values(request), config()).first(LogFiles.open(directory), 1);
    if (found.damage().isPresent()) {
      throw new PolluxException(Reason.LOG_DAMAGED, LogFiles.text(found.damage().orElseThrow()));
    }
    return found.records().isEmpty()
        ? Answers.error(404, "NOT_FOUND", "there is no record " + at + " in the log")
        : Answers.json(found.records().get(0));
  }
}
