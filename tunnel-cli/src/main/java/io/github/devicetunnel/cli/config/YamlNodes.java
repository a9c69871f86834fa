package io.github.devicetunnel.cli.config;

import io.github.devicetunnel.cli.failure.CommandFailure;
import io.github.devicetunnel.cli.failure.ExitCode;
import io.github.devicetunnel.cli.value.FilePath;
import io.github.devicetunnel.cli.value.Quoted;
import io.github.devicetunnel.cli.value.ReadableFile;
import io.github.devicetunnel.cli.value.Spelling;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.composer.Composer;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/**
 * A YAML file as nodes with text and line numbers. YAML types are ignored, because they would turn
 * a device ID of digits into a number.
 */
final class YamlNodes {
  private static final int MAX_ALIASES = 100_000;

  private final String file;

  private YamlNodes(String file) {
    this.file = file;
  }

  /** A key, its value and its line. */
  record Entry(String key, Node value, int line) {}

  /**
   * Reads the keys of a file.
   *
   * @throws CommandFailure with {@link ExitCode#USAGE} if the file cannot be read, is larger than 1
   *     MiB or is not valid YAML
   */
  static Map<String, Entry> read(ConfigSource source) {
    String file = source.name();
    try {
      // Do not use the library's messages: they repeat lines, which may contain a secret.
      Node root = parse(ReadableFile.text(source.label(), FilePath.of(file)));
      return root == null || isNothing(root) ? Map.of() : new YamlNodes(file).entries(root);
    } catch (MarkedYamlEngineException e) {
      int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(1);
      throw at(file, line, "is not valid YAML: " + problem(e));
    } catch (YamlEngineException e) {
      throw at(file, 1, "is not valid YAML");
    } catch (StackOverflowError e) {
      // The library parses nested lists recursively.
      throw at(file, 1, "lists or keys are nested too deeply");
    } catch (InvalidPathException e) {
      throw source.invalidPath();
    } catch (NoSuchFileException e) {
      throw source.failure("file not found; check the path");
    } catch (IOException e) {
      throw source.failure("cannot be read; check its permissions and that it is UTF-8 text");
    }
  }

  /** Returns the root node, or null if the text contains only comments. */
  private static @Nullable Node parse(String text) {
    LoadSettings settings =
        LoadSettings.builder()
            .setSchema(new CoreSchema())
            // The library's limit of 50 is for files that are expanded. Nodes are shared here.
            .setMaxAliasesForCollections(MAX_ALIASES)
            .build();
    StreamReader reader = new StreamReader(settings, text);
    return new Composer(settings, new ParserImpl(settings, reader)).getSingleNode().orElse(null);
  }

  private static String problem(MarkedYamlEngineException e) {
    String problem = String.valueOf(e.getProblem());
    if (problem.contains("TAB")) {
      return "a tab is not allowed here; use spaces";
    }
    // The rest of the message is text from the file.
    return problem.replaceFirst("(alias|tag handle|anchor) .*", "$1");
  }

  /** Returns the keys of a list item. */
  static Map<String, Entry> entries(String file, Node node) {
    return new YamlNodes(file).entries(node);
  }

  private Map<String, Entry> entries(Node node) {
    if (!(node instanceof MappingNode mapping)) {
      throw at(file, line(node), "must be keys with values, such as device: 017b...");
    }
    Map<String, Entry> entries = new LinkedHashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      int line = line(tuple.getKeyNode());
      if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
        throw at(file, line, "a key must be a single word");
      }
      Entry before =
          entries.put(key.getValue(), new Entry(key.getValue(), tuple.getValueNode(), line));
      if (before != null) {
        throw at(file, line, key.getValue() + ": is already set in line " + before.line);
      }
    }
    return entries;
  }

  /** Returns the single value of a key. */
  static String text(String file, Entry entry) {
    return text(file, entry.key, entry.value, "one value");
  }

  /**
   * Returns the values of a key that may have several.
   *
   * @param form of each value, as in the help
   */
  static List<String> texts(String file, Entry entry, String form) {
    String expected = form + " or a list of these";
    List<Node> nodes =
        entry.value instanceof SequenceNode list ? list.getValue() : List.of(entry.value);
    return nodes.stream().map(node -> text(file, entry.key, node, expected)).toList();
  }

  private static String text(String file, String key, Node node, String expected) {
    if (!(node instanceof ScalarNode scalar)) {
      String what = node instanceof SequenceNode ? "a list" : "keys with values";
      throw at(file, line(node), key + ": must be " + expected + ", but is " + what);
    }
    if (isNothing(node)) {
      throw at(file, line(node), key + ": the value is missing");
    }
    return scalar.getValue();
  }

  static boolean isNothing(Node node) {
    return node.getTag().equals(Tag.NULL);
  }

  /** Returns the items of a list, or null if the value is not a list. */
  static @Nullable List<Node> items(Entry entry) {
    return entry.value instanceof SequenceNode list ? list.getValue() : null;
  }

  /** Returns a failure for a key that no option or group has. */
  static CommandFailure unknown(String file, Entry entry, Collection<String> known) {
    String nearest = Spelling.nearest(entry.key(), known);
    return at(
        file,
        entry.line(),
        "unknown key "
            + Quoted.of(entry.key())
            + (nearest == null ? "" : "; did you mean " + Quoted.of(nearest) + "?"));
  }

  static int line(Node node) {
    return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
  }

  static CommandFailure at(String file, int line, String message) {
    return CommandFailure.usage(file + ":" + line + ": " + message);
  }
}
