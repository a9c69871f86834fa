package io.github.devicetunnel.it.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compiles every Java sample in the documentation. */
final class SamplesTest {
  @TempDir Path folder;

  static Stream<Sample> samples() throws IOException {
    return Stream.concat(Sample.ofMarkdown().stream(), Sample.ofJavadoc().stream());
  }

  @ParameterizedTest
  @MethodSource("samples")
  void sampleCompiles(Sample sample) {
    assertThat(compiler().compile(sample)).isEmpty();
  }

  /** Proves that {@link #sampleCompiles} can fail. */
  @Test
  void reportsCompilerErrorsWithLine() {
    Path document = Path.of(System.getProperty("tunnel.root"), "README.md");

    assertThat(compiler().compile(new Sample(document, 10, "client.open();\nclient.opem();\n")))
        .singleElement()
        .asString()
        .startsWith("README.md:12: cannot find symbol");
    assertThat(compiler().compile(new Sample(document, 10, "\nclass Main { int i = key; }\n")))
        .singleElement()
        .asString()
        .startsWith("README.md:12: cannot find symbol");
    assertThat(compiler().compile(new Sample(document, 10, "Integer i = new Integer(1);\n")))
        .singleElement()
        .asString()
        .startsWith("README.md:11: ")
        .contains("deprecated");
  }

  @Test
  void findsSamplesOfEveryKind() throws IOException {
    assertThat(Sample.ofReadme()).anyMatch(Sample::isFile).anyMatch(s -> !s.isFile());
    List<String> places = Sample.ofJavadoc().stream().map(Sample::toString).toList();
    assertThat(places)
        .anyMatch(place -> place.contains("devicetunnel/package-info.java"))
        .anyMatch(place -> place.contains("TunnelClient.java"))
        .anyMatch(place -> place.contains("TunnelService.java"));
  }

  private SampleCompiler compiler() {
    return new SampleCompiler(folder, System.getProperty("java.class.path"));
  }
}
