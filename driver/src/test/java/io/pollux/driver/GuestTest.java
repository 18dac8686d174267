package io.pollux.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jar as it is shipped, in somebody else's application. */
class GuestTest {
  private static final Path JAR = Path.of(System.getProperty("pollux.driver.jar", ""));
  private static final long LONGEST_RUN_SECONDS = 120;

  @TempDir private Path directory;

  @Test
  void theJarHasNothingOutsideItsOwnNames() throws IOException {
    List<String> foreign = new ArrayList<>();
    try (JarFile jar = new JarFile(JAR.toFile())) {
      jar.stream()
          .map(ZipEntry::getName)
          .filter(name -> !name.endsWith("/"))
          .filter(name -> !name.startsWith("io/pollux/"))
          .filter(name -> !name.matches("META-INF/(MANIFEST.MF|.*LICENSE(.txt)?|.*NOTICE)"))
          .filter(name -> !name.startsWith("META-INF/services/io.pollux."))
          .forEach(foreign::add);
    }
    assertEquals(List.of("META-INF/services/java.sql.Driver"), foreign);
  }

  @Test
  void theApplicationIsLeftAsItWas() throws Exception {
    Path report = directory.resolve("report");
    Path output = directory.resolve("out");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-opens",
                "java.base/java.lang=ALL-UNNAMED",
                "-Dderby.stream.error.file=" + directory.resolve("derby.log"),
                "-cp",
                classPath(),
                Guest.class.getName(),
                directory.toString(),
                report.toString())
            .redirectOutput(output.toFile())
            .redirectError(directory.resolve("err").toFile())
            .start();
    assertTrue(process.waitFor(LONGEST_RUN_SECONDS, TimeUnit.SECONDS), "it does not end");
    assertEquals(0, process.exitValue(), Files.readString(directory.resolve("err")));
    assertEquals(
        List.of(
            "rows 2",
            "node true",
            "shutdown 08006",
            "engine XJ015",
            "providers true",
            "hooks []",
            "logging true",
            "threads []"),
        Files.readAllLines(report));
    assertEquals("", Files.readString(output), "standard output is the application's");
  }

  private String classPath() throws IOException {
    Path program = directory.resolve("program/io/pollux/driver");
    Files.createDirectories(program);
    Path compiled = classes().resolve("io/pollux/driver");
    try (DirectoryStream<Path> parts = Files.newDirectoryStream(compiled, "Guest{,$*}.class")) {
      for (Path part : parts) {
        Files.copy(part, program.resolve(part.getFileName()));
      }
    }
    List<String> entries = new ArrayList<>();
    entries.add(directory.resolve("program").toString());
    entries.add(JAR.toString());
    Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .filter(entry -> entry.contains("derby"))
        .filter(entry -> entry.endsWith(".jar"))
        .forEach(entries::add);
    return String.join(File.pathSeparator, entries);
  }

  private static Path classes() {
    return Path.of(GuestTest.class.getProtectionDomain().getCodeSource().getLocation().getPath());
  }
}
