package io.pollux.sim;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import javax.tools.DiagnosticCollector;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** The simulator on production classes of which one was compiled without a rule. */
final class Mutant extends ClassLoader implements AutoCloseable {
  private static final String OURS = "io.pollux.";

  private final Map<String, byte[]> changed = new ConcurrentHashMap<>();

  private final Variant variant;

  Mutant(Variant variant) throws IOException {
    super(Mutant.class.getClassLoader());
    this.variant = variant;
    Path sources = Path.of(System.getProperty("pollux.root", ".."), "replicator/src/main/java");
    Map<String, String> edited = new LinkedHashMap<>();
    for (Variant.Edit edit : variant.edits()) {
      String type = OURS + edit.type();
      if (!edited.containsKey(type)) {
        Path file = sources.resolve(type.replace('.', '/') + ".java");
        edited.put(type, Files.readString(file, StandardCharsets.UTF_8));
      }
      edited.compute(type, (key, source) -> variant.applyTo(source, edit));
    }
    edited.forEach(this::compile);
  }

  private void compile(String type, String source) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
    JavaFileManager files =
        new Memory(compiler.getStandardFileManager(problems, null, StandardCharsets.UTF_8));
    String path =
        Optional.ofNullable(System.getProperty("surefire.test.class.path"))
            .orElse(System.getProperty("java.class.path"));
    boolean compiled =
        compiler
            .getTask(
                null,
                files,
                problems,
                List.of("-nowarn", "-proc:none", "-classpath", path),
                null,
                List.of(new Text(type, source)))
            .call();
    if (!compiled) {
      throw new AssertionError(type + " does not compile: " + problems.getDiagnostics());
    }
  }

  /** What fails first among so many rough schedules of a mode. */
  Optional<String> firstFailure(int seeds) throws ReflectiveOperationException {
    String[] strikes = variant.strikes().stream().map(Strike::name).toArray(String[]::new);
    Class<?>[] types = {int.class, String.class, String[].class};
    return hunt("run", types, seeds, variant.mode().name(), strikes);
  }

  /** How a story goes another way. */
  Optional<String> difference(String story) throws ReflectiveOperationException {
    return hunt("tell", new Class<?>[] {String.class}, story);
  }

  @Override
  public void close() throws ReflectiveOperationException {
    Optional<String> unused = hunt("leave", new Class<?>[0]);
  }

  private Optional<String> hunt(String name, Class<?>[] types, Object... values)
      throws ReflectiveOperationException {
    Class<?> hunt = loadClass(Hunt.class.getName());
    return Optional.ofNullable((String) hunt.getDeclaredMethod(name, types).invoke(null, values));
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (!name.startsWith(OURS)) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> known = findLoadedClass(name);
      return known != null ? known : define(name);
    }
  }

  private Class<?> define(String name) throws ClassNotFoundException {
    byte[] bytes = changed.get(name);
    if (bytes == null) {
      try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
        if (in == null) {
          throw new ClassNotFoundException(name);
        }
        bytes = in.readAllBytes();
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
    return defineClass(name, bytes, 0, bytes.length);
  }

  /** Takes what the compiler writes. */
  private final class Memory extends ForwardingJavaFileManager<JavaFileManager> {
    Memory(JavaFileManager files) {
      super(files);
    }

    @Override
    public JavaFileObject getJavaFileForOutput(
        Location location, String type, JavaFileObject.Kind kind, FileObject sibling) {
      return new SimpleJavaFileObject(URI.create("memory:///" + type), kind) {
        @Override
        public OutputStream openOutputStream() {
          return new ByteArrayOutputStream() {
            @Override
            public void close() {
              changed.put(type, toByteArray());
            }
          };
        }
      };
    }
  }

  /** A source in memory. */
  private static final class Text extends SimpleJavaFileObject {
    private final String text;

    Text(String type, String text) {
      super(
          URI.create("memory:///" + type.replace('.', '/') + ".java"), JavaFileObject.Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreErrors) {
      return text;
    }
  }
}
