package io.github.devicetunnel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ArgumentsTest {

  @Test
  void insertsListenWithoutCommand() {
    assertThat(normalized()).containsExactly("listen");
    assertThat(normalized("--device", "x")).containsExactly("listen", "--device", "x");
  }

  @Test
  void keepsCommandAndProgramOptionsFirst() {
    assertThat(normalized("demo", "--once")).containsExactly("demo", "--once");
    assertThat(normalized("lisen")).containsExactly("lisen");
    assertThat(normalized("--help")).containsExactly("--help");
    assertThat(normalized("--version")).containsExactly("--version");
  }

  @Test
  void addsSecondDashToFlagsOfOldClient() {
    assertThat(
            normalized(
                "-listen-uri=127.0.0.1:3131",
                "-cloud-uri",
                "wss://cloud.example",
                "-api-key=a\nb",
                "-application-id=",
                "-ping-duration"))
        .containsExactly(
            "listen",
            "--listen-uri=127.0.0.1:3131",
            "--cloud-uri",
            "wss://cloud.example",
            "--api-key=a\nb",
            "--application-id=",
            "--ping-duration");
  }

  @Test
  void keepsArgumentsAfterTwoDashes() {
    assertThat(normalized("exec", "-api-key=k", "--", "-api-key=k", "--", "-cloud-uri"))
        .containsExactly("exec", "--api-key=k", "--", "-api-key=k", "--", "-cloud-uri");
  }

  @Test
  void keepsOtherArguments() {
    assertThat(normalized("listen", "-device", "-api-key-file=x", "-h", "-api-keys"))
        .containsExactly("listen", "-device", "-api-key-file=x", "-h", "-api-keys");
  }

  private static String[] normalized(String... args) {
    return Arguments.normalize(args);
  }
}
