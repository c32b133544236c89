package io.millrace.document;

import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * A YAML file with the lines of its values. Duplicate keys and syntax errors are problems, not
 * exceptions. Scalars follow YAML 1.2's core schema: {@code no}, {@code 1:30} and {@code
 * 2013-01-01} are texts. Anchors are understood, merge keys ({@code <<}) are not.
 */
public final class YamlFile {

  private static final Pattern INTEGER = Pattern.compile("[-+]?[0-9]{1,100}");
  private static final Pattern DECIMAL =
      Pattern.compile(
          "[-+]?(\\.[0-9]{1,100}|[0-9]{1,100}(\\.[0-9]{0,100})?)([eE][-+]?[0-9]{1,3})?");
  private static final Pattern PLAIN_SEGMENT = Pattern.compile("[^.\\[\\]\"\\s]+");
  private static final Set<String> NULLS = Set.of("", "~", "null", "Null", "NULL");
  private static final Set<String> BOOLEANS =
      Set.of("true", "True", "TRUE", "false", "False", "FALSE");

  private final String name;
  private final List<Problem> problems = new ArrayList<>();
  private final Map<Node, Boolean> open = new IdentityHashMap<>();
  private YamlValue root;

  private YamlFile(String name) {
    this.name = name;
  }

  /** Reads a file; problems name it as {@code path} is written. */
  public static YamlFile read(Path path) {
    YamlFile file = new YamlFile(path.toString());
    try {
      file.compose(decode(Files.readAllBytes(path)));
    } catch (NoSuchFileException missing) {
      file.problems.add(
          file.problem(1, "no such file", "a YAML file", "check the path and the working folder"));
    } catch (CharacterCodingException invalid) {
      file.problems.add(
          file.problem(1, "bytes that are not UTF-8", "UTF-8", "save the file in UTF-8"));
    } catch (IOException unreadable) {
      file.problems.add(
          file.problem(
              1,
              "a file that cannot be read (" + unreadable + ")",
              "a readable YAML file",
              "check its permissions"));
    }
    return file;
  }

  /** Parses a text; problems call it {@code name}. */
  public static YamlFile parse(String name, String text) {
    YamlFile file = new YamlFile(name);
    file.compose(text);
    return file;
  }

  /** The top value; empty when the text is no YAML at all. */
  public Optional<YamlValue> root() {
    return Optional.ofNullable(root);
  }

  public List<Problem> problems() {
    return List.copyOf(problems);
  }

  private static String decode(byte[] bytes) throws CharacterCodingException {
    String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    return text.startsWith("\uFEFF") ? text.substring(1) : text;
  }

  private void compose(String text) {
    LoaderOptions options = new LoaderOptions();
    options.setNestingDepthLimit(50);
    options.setMaxAliasesForCollections(50);
    try {
      Node node = new Yaml(options).compose(new StringReader(text));
      if (node == null) {
        problems.add(problem(1, "an empty file", "a map of keys", "write the file"));
      } else {
        root = value(node, line(node), "");
      }
    } catch (MarkedYAMLException invalid) {
      int line = invalid.getProblemMark() == null ? 1 : invalid.getProblemMark().getLine() + 1;
      boolean star = String.valueOf(invalid.getContext()).contains("alias");
      problems.add(
          problem(
              line,
              "no valid YAML: " + String.valueOf(invalid.getProblem()).replace('\n', ' '),
              "YAML",
              star ? "put quotes around \"*\"" : "check indentation, quotes and brackets"));
    } catch (YAMLException invalid) {
      problems.add(
          problem(
              1,
              "no valid YAML: " + String.valueOf(invalid.getMessage()).replace('\n', ' '),
              "YAML",
              "check indentation, quotes and brackets"));
    }
  }

  private Problem problem(int line, String found, String expected, String fix) {
    return new Problem(name, line, "", found, expected, fix);
  }

  private static int line(Node node) {
    return node.getStartMark().getLine() + 1;
  }

  private YamlValue value(Node node, int line, String path) {
    if (node instanceof ScalarNode scalar) {
      return scalar(scalar, line, path);
    }
    if (open.put(node, true) != null) {
      problems.add(
          new Problem(
              name, line, path, "an alias of itself", "a value", "write the value in place"));
      return new YamlValue(name, line, path, YamlValue.Kind.NULL, "", Map.of(), List.of());
    }
    try {
      return node instanceof MappingNode mapping
          ? map(mapping, line, path)
          : list((SequenceNode) node, line, path);
    } finally {
      open.remove(node);
    }
  }

  private YamlValue map(MappingNode mapping, int line, String path) {
    Map<String, YamlValue> entries = new LinkedHashMap<>();
    Map<String, Integer> lines = new HashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      int keyLine = line(tuple.getKeyNode());
      if (!(tuple.getKeyNode() instanceof ScalarNode keyNode)) {
        problems.add(
            new Problem(
                name, keyLine, path, "a key that is no text", "a name", "write a plain name"));
        continue;
      }
      String key = keyNode.getValue();
      String childPath = append(path, key);
      YamlValue value = value(tuple.getValueNode(), keyLine, childPath);
      Integer first = lines.putIfAbsent(key, keyLine);
      if (first == null) {
        entries.put(key, value);
      } else {
        problems.add(
            new Problem(
                name,
                keyLine,
                childPath,
                "the key \"" + key + "\" a second time, first in line " + first,
                "every key once",
                "remove or rename one of the two"));
      }
    }
    return new YamlValue(name, line, path, YamlValue.Kind.MAP, "", entries, List.of());
  }

  private YamlValue list(SequenceNode sequence, int line, String path) {
    List<YamlValue> items = new ArrayList<>();
    for (Node item : sequence.getValue()) {
      items.add(value(item, line(item), path + "[" + items.size() + "]"));
    }
    return new YamlValue(name, line, path, YamlValue.Kind.LIST, "", Map.of(), items);
  }

  private YamlValue scalar(ScalarNode scalar, int line, String path) {
    String text = scalar.getValue();
    YamlValue.Kind kind =
        scalar.getScalarStyle() == ScalarStyle.PLAIN ? plainKind(text) : YamlValue.Kind.TEXT;
    return new YamlValue(
        name, line, path, kind, kind == YamlValue.Kind.NULL ? "" : text, Map.of(), List.of());
  }

  private static YamlValue.Kind plainKind(String text) {
    if (NULLS.contains(text)) {
      return YamlValue.Kind.NULL;
    }
    if (BOOLEANS.contains(text)) {
      return YamlValue.Kind.BOOLEAN;
    }
    if (INTEGER.matcher(text).matches()) {
      return YamlValue.Kind.INTEGER;
    }
    return DECIMAL.matcher(text).matches() ? YamlValue.Kind.DECIMAL : YamlValue.Kind.TEXT;
  }

  private static String append(String path, String key) {
    String segment = PLAIN_SEGMENT.matcher(key).matches() ? key : '"' + key + '"';
    return path.isEmpty() ? segment : path + "." + segment;
  }
}
