package io.pollux.node;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdScalarSerializer;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import io.pollux.core.PolluxException;
import io.pollux.core.PolluxException.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** {@code pollux.yaml} to {@link NodeConfig} and back. */
public final class ConfigFile {
  private static final long LONGEST_FILE = 64 << 10;

  private static final ObjectMapper YAML =
      YAMLMapper.builder(
              YAMLFactory.builder()
                  .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                  .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
                  .enable(YAMLParser.Feature.PARSE_BOOLEAN_LIKE_WORDS_AS_STRINGS)
                  .build())
          .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
          .addModule(new Jdk8Module())
          .addModule(
              new SimpleModule()
                  .addDeserializer(Duration.class, new DurationReader())
                  .addSerializer(Duration.class, new DurationWriter()))
          .build();

  private ConfigFile() {}

  /**
   * Reads a file.
   *
   * @throws PolluxException BAD_CONFIGURATION with the file, the place and what is wrong;
   *     DIRECTORY_MISSING if there is none
   */
  public static NodeConfig read(Path file) throws PolluxException {
    try {
      if (Files.size(file) > LONGEST_FILE) {
        throw bad(file, "it is larger than " + LONGEST_FILE + " bytes", null);
      }
      String text = Files.readString(file, StandardCharsets.UTF_8);
      NodeConfig config = YAML.readValue(text, NodeConfig.class);
      if (config == null) {
        throw bad(file, "it is empty", null);
      }
      return config;
    } catch (NoSuchFileException e) {
      throw new PolluxException(
          Reason.DIRECTORY_MISSING,
          file.getParent()
              + " is not a node's directory: it has no "
              + file.getFileName()
              + "; create one with 'pollux init' or 'pollux join'",
          e);
    } catch (UnrecognizedPropertyException e) {
      throw bad(
          file,
          "unknown property '" + e.getPropertyName() + "', known are " + e.getKnownPropertyIds(),
          e);
    } catch (InvalidFormatException e) {
      throw bad(file, badValue(e), e);
    } catch (JsonProcessingException e) {
      throw bad(file, e.getOriginalMessage().lines().findFirst().orElse("not YAML"), e);
    } catch (IOException e) {
      throw bad(file, e.getMessage(), e);
    }
  }

  /** Writes a file as {@link #read} reads it. */
  static void write(Path file, NodeConfig config) throws IOException {
    DurableFile.write(file, YAML.writeValueAsBytes(config));
  }

  private static String badValue(InvalidFormatException e) {
    String name =
        e.getPath().stream()
            .map(JsonMappingException.Reference::getFieldName)
            .collect(Collectors.joining("."));
    Object[] known = e.getTargetType().getEnumConstants();
    return "'"
        + name
        + "' is '"
        + e.getValue()
        + "', "
        + (known == null
            ? e.getOriginalMessage()
            : "it may be " + Arrays.toString(known).toLowerCase(Locale.ROOT));
  }

  private static PolluxException bad(Path file, String what, Throwable cause) {
    return new PolluxException(
        Reason.BAD_CONFIGURATION, "can't use " + file + ": " + what + "; correct the file", cause);
  }

  /** {@code 500ms}, {@code 30s}, {@code 2m}, {@code 1h}. */
  private static final class DurationReader extends StdScalarDeserializer<Duration> {
    private static final long serialVersionUID = 1L;

    DurationReader() {
      super(Duration.class);
    }

    @Override
    public Duration deserialize(JsonParser parser, DeserializationContext context)
        throws IOException {
      try {
        return parseDuration(parser.getValueAsString(""));
      } catch (IllegalArgumentException e) {
        return (Duration)
            context.handleWeirdStringValue(Duration.class, parser.getText(), e.getMessage());
      }
    }
  }

  private static final class DurationWriter extends StdScalarSerializer<Duration> {
    private static final long serialVersionUID = 1L;

    DurationWriter() {
      super(Duration.class);
    }

    @Override
    public void serialize(Duration value, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      out.writeString(
          value.toMillisPart() == 0 ? value.toSeconds() + "s" : value.toMillis() + "ms");
    }
  }

  /**
   * Reads a duration as people write it.
   *
   * @throws IllegalArgumentException if the text is not a number with one of the units ms, s, m, h
   */
  public static Duration parseDuration(String text) {
    String value = text.strip().toLowerCase(Locale.ROOT);
    int unit = 0;
    while (unit < value.length() && Character.isDigit(value.charAt(unit))) {
      unit++;
    }
    if (unit == 0 || unit > 12) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a duration such as 500ms, 30s, 2m, 1h");
    }
    long amount = Long.parseLong(value.substring(0, unit));
    return switch (value.substring(unit)) {
      case "ms" -> Duration.ofMillis(amount);
      case "s" -> Duration.ofSeconds(amount);
      case "m" -> Duration.ofMinutes(amount);
      case "h" -> Duration.ofHours(amount);
      default ->
          throw new IllegalArgumentException(
              "'" + text + "' is not a duration such as 500ms, 30s, 2m, 1h");
    };
  }
}
