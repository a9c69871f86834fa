package io.github.devicetunnel.it.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.ProgramBench;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests every option of {@code tunnel listen} with the packaged program. */
@DisabledOnOs(OS.WINDOWS)
final class OptionTableTest {
  private static final Pattern IN_HELP = Pattern.compile("(?m)^ {2,6}(?:-h, |-V, )?(--?[\\w-]+)");
  private static final Map<String, OptionScene> SCENES = scenes();

  @RegisterExtension final Leaks leaks = new Leaks();
  @TempDir Path folder;

  private static Map<String, OptionScene> scenes() {
    Map<String, OptionScene> scenes = new TreeMap<>();
    for (Map<String, OptionScene> group :
        List.of(
            ListenOptionScenes.scenes(),
            CredentialOptionScenes.scenes(),
            TimeOptionScenes.scenes(),
            LimitOptionScenes.scenes(),
            NetworkOptionScenes.scenes(),
            OutputOptionScenes.scenes())) {
      group.forEach((option, scene) -> assertThat(scenes.put(option, scene)).isNull());
    }
    return scenes;
  }

  static Set<String> options() {
    return SCENES.keySet();
  }

  @ParameterizedTest
  @MethodSource("options")
  void optionHasDocumentedEffect(String option) throws Exception {
    try (ProgramBench bench = new ProgramBench(folder)) {
      SCENES.get(option).play(bench);
    }
  }

  @Test
  void everyOptionInHelpHasScene() throws Exception {
    Set<String> inHelp = new TreeSet<>();
    try (ProgramBench bench = new ProgramBench(folder)) {
      String help = bench.program("listen", "--help").succeed();
      Matcher matcher = IN_HELP.matcher(help);
      while (matcher.find()) {
        inHelp.add(matcher.group(1));
      }
      assertThat(bench.program("-h").succeed()).contains("tunnel stdio", "Exit codes");
      assertThat(bench.program("--version").succeed())
          .contains(System.getProperty("tunnel.version"));
    }
    assertThat(inHelp).contains("--help", "--version");
    inHelp.removeAll(Set.of("--help", "--version"));
    assertThat(SCENES.keySet()).containsExactlyElementsOf(inHelp);
  }

  @ParameterizedTest
  @MethodSource("options")
  void guideDocumentsOption(String option) throws Exception {
    Path guide = Path.of(System.getProperty("tunnel.root"), "docs", "CLI.md");
    assertThat(Files.readString(guide))
        .containsPattern("(?m)^\\| (`[^`]*`, )?`" + Pattern.quote(option) + "[ `]");
  }
}
