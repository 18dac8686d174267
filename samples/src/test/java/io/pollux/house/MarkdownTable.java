package io.pollux.house;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The rows of one table of a page, found by the text of its first header cell. */
final class MarkdownTable {
  private MarkdownTable() {}

  /** Cells are stripped; a literal pipe in a cell is not supported. */
  static List<List<String>> rows(String page, String firstHeader) {
    List<List<String>> rows = new ArrayList<>();
    boolean inside = false;
    for (String line : page.lines().toList()) {
      if (!line.startsWith("|")) {
        inside = false;
      } else if (inside && !line.startsWith("| ---")) {
        rows.add(cells(line));
      } else if (cells(line).get(0).equals(firstHeader)) {
        inside = true;
      }
    }
    if (rows.isEmpty()) {
      throw new AssertionError("no table that begins with '" + firstHeader + "'");
    }
    return rows;
  }

  private static List<String> cells(String line) {
    String inner = line.strip().substring(1, line.strip().length() - 1);
    return Arrays.stream(inner.split("\\|", -1)).map(String::strip).toList();
  }
}
