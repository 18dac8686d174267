package io.pollux.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;

/** What the jar that goes into other people's applications brings along. */
class ShippedJarTest {
  private static final Path JAR = Path.of(System.getProperty("pollux.driver.jar", ""));
  private static final String SHADED = "io/pollux/driver/shaded/";

  /** Libraries whose classes can be read from a stream of Java objects; nothing here opens one. */
  private static final Map<String, String> CARRIED =
      Map.of(
          SHADED + "com/fasterxml/jackson/",
          "names and caches of its own, kept serializable for its users",
          SHADED + "com/google/protobuf/",
          "byte strings that refuse to be read",
          SHADED + "org/bouncycastle/",
          "keys and certificates that are serializable as the JDK's are, and stateful signatures");

  @Test
  void noClassOfPolluxReadsJavaObjectsAndThoseThatLibrariesCarryAreListed() throws Exception {
    List<String> unlisted = new ArrayList<>();
    TreeSet<String> used = new TreeSet<>();
    int classes = 0;
    try (JarFile jar = new JarFile(JAR.toFile())) {
      for (JarEntry entry : (Iterable<JarEntry>) jar.stream()::iterator) {
        if (entry.getName().endsWith(".class")) {
          classes++;
          if (mentions(jar, entry, "java/io/ObjectInputStream")) {
            CARRIED.keySet().stream()
                .filter(entry.getName()::startsWith)
                .findFirst()
                .ifPresentOrElse(used::add, () -> unlisted.add(entry.getName()));
          }
        }
      }
    }
    assertTrue(classes > 3_000, classes + " classes in " + JAR);
    assertEquals(List.of(), unlisted);
    assertEquals(new TreeSet<>(CARRIED.keySet()), used, "a row that nothing needs any more");
  }

  private static boolean mentions(JarFile jar, JarEntry entry, String name) throws Exception {
    try (InputStream in = jar.getInputStream(entry)) {
      return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1).contains(name);
    }
  }

  @Test
  void everythingOnTheBillOfMaterialsHasItsLicenceOnThePage() throws Exception {
    JsonNode bill = new ObjectMapper().readTree(JAR.resolveSibling("bom.json").toFile());
    String page =
        Files.readString(Path.of(System.getProperty("pollux.root")).resolve("docs/licences.md"));
    List<String> missing = new ArrayList<>();
    for (JsonNode component : bill.path("components")) {
      String name = component.path("group").asText() + ":" + component.path("name").asText();
      if (!name.startsWith("io.pollux:") && !page.contains("| `" + name + "` |")) {
        missing.add(name);
      }
    }
    assertTrue(bill.path("components").size() > 10, "the bill is empty");
    assertEquals(List.of(), missing);
  }
}
