package io.github.devicetunnel.it.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Checks the GraalVM configuration, which names classes, methods and resources as strings. GraalVM
 * ignores names that do not exist, so this test resolves them.
 */
final class NativeImageConfigTest {
  private static final String CONFIG = "META-INF/native-image/io.github.devicetunnel/";
  private static final String PICOCLI_CONFIG =
      "META-INF/native-image/picocli-generated/io.github.devicetunnel/";

  @ParameterizedTest
  @ValueSource(
      strings = {
        CONFIG + "tunnel-core/reflect-config.json",
        CONFIG + "tunnel-cli/reflect-config.json",
        PICOCLI_CONFIG + "tunnel-cli/reflect-config.json"
      })
  void reflectConfigNamesExistingMembers(String file) throws Exception {
    JsonNode entries = read(file);
    assertThat(entries).isNotEmpty();
    for (JsonNode entry : entries) {
      resolveCondition(entry);
      if (appliesToThisJdk(entry)) {
        resolveMembers(entry);
      }
    }
  }

  @Test
  void proxyConfigNamesInterfaces() throws Exception {
    JsonNode entries = read(CONFIG + "tunnel-cli/proxy-config.json");
    assertThat(entries).isNotEmpty();
    for (JsonNode entry : entries) {
      resolveCondition(entry);
      for (JsonNode name : entry.get("interfaces")) {
        assertThat(Class.forName(name.textValue())).isInterface();
      }
    }
  }

  @Test
  void resourceConfigNamesExistingResources() throws Exception {
    JsonNode entries = read(CONFIG + "tunnel-cli/resource-config.json").at("/resources/includes");
    assertThat(entries).isNotEmpty();
    for (JsonNode entry : entries) {
      resolveCondition(entry);
      String quoted = entry.get("pattern").textValue();
      assertThat(quoted).startsWith("\\Q").endsWith("\\E");
      assertThat(resource(quoted.substring(2, quoted.length() - 2))).isNotNull();
    }
  }

  private static void resolveCondition(JsonNode entry) throws ClassNotFoundException {
    JsonNode condition = entry.get("condition");
    if (condition != null) {
      assertThat(Class.forName(condition.get("typeReachable").textValue())).isNotNull();
    }
  }

  /** GraalVM skips entries for classes that its JDK does not have. */
  private static boolean appliesToThisJdk(JsonNode entry) {
    String condition = String.valueOf(entry.at("/condition/typeReachable").textValue());
    return !condition.endsWith("$VirtualThreads") || Runtime.version().feature() >= 21;
  }

  private static void resolveMembers(JsonNode entry) throws ReflectiveOperationException {
    Class<?> type = Class.forName(entry.get("name").textValue());
    for (JsonNode field : entry.path("fields")) {
      assertThat(type.getDeclaredField(field.get("name").textValue())).isNotNull();
    }
    for (JsonNode method : entry.path("methods")) {
      String name = method.get("name").textValue();
      Class<?>[] parameters = parameters(method.path("parameterTypes"));
      assertThat(
              name.equals("<init>")
                  ? type.getDeclaredConstructor(parameters)
                  : type.getDeclaredMethod(name, parameters))
          .isNotNull();
    }
  }

  private static Class<?>[] parameters(JsonNode names) throws ClassNotFoundException {
    Class<?>[] types = new Class<?>[names.size()];
    for (int i = 0; i < types.length; i++) {
      types[i] = Class.forName(names.get(i).textValue());
    }
    return types;
  }

  private static JsonNode read(String file) throws IOException {
    URL url = resource(file);
    assertThat(url).as(file).isNotNull();
    try (InputStream bytes = url.openStream()) {
      return new ObjectMapper().readTree(bytes);
    }
  }

  private static URL resource(String name) {
    return NativeImageConfigTest.class.getClassLoader().getResource(name);
  }
}
