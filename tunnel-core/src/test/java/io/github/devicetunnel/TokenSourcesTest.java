package io.github.devicetunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Where tokens come from. */
class TokenSourcesTest {
  private static final TokenRequest REQUEST =
      new TokenRequest("017b7fddb124724840c1c7b800000000", "127.0.0.1:80", false);
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir Path folder;

  private static TokenSource shell(String script, Duration timeout) {
    return TokenSources.command(List.of("/bin/sh", "-c", script), timeout);
  }

  private static String token(TokenSource source) throws Exception {
    return source.token(REQUEST);
  }

  @Test
  void aFileIsReadAgain() throws Exception {
    Path file = Files.writeString(folder.resolve("token"), "ak_1\r\n");
    TokenSource source = TokenSources.file(file);
    assertThat(token(source)).isEqualTo("ak_1");
    // Neither its size nor, perhaps, its time is different.
    Files.writeString(file, "ak_2\r\n");
    assertThat(token(source)).isEqualTo("ak_2");
    Files.delete(file);
    assertThatThrownBy(() -> token(source))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("there is no token file " + file);
    Files.writeString(file, "ak_3");
    assertThat(token(source)).isEqualTo("ak_3");
  }

  @Test
  void filesThatHoldNoToken() throws Exception {
    Path file = Files.writeString(folder.resolve("token"), "\n");
    assertThatThrownBy(() -> token(TokenSources.file(file)))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("the token file " + file + " is empty");
    Files.write(file, new byte[70_000]);
    assertThatThrownBy(() -> token(TokenSources.file(file)))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(
            "the token file " + file + " holds more than 64 KiB, so it is no token");
    assertThatThrownBy(() -> token(TokenSources.file(folder))).isInstanceOf(IOException.class);
  }

  @Test
  void theEnvironment() throws Exception {
    Map.Entry<String, String> any =
        System.getenv().entrySet().stream()
            .filter(variable -> variable.getValue().matches("[!-~]+"))
            .findFirst()
            .orElseThrow();
    assertThat(token(TokenSources.environment(any.getKey()))).isEqualTo(any.getValue());
    assertThatThrownBy(() -> token(TokenSources.environment("NO_SUCH_VARIABLE_AT_ALL")))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("the environment variable NO_SUCH_VARIABLE_AT_ALL is not set");
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aCommand() throws Exception {
    // It has no input, and what it says besides is taken away from it.
    String script = "cat; head -c 300000 /dev/zero >&2; echo ak_output";
    assertThat(token(shell(script, LONG))).isEqualTo("ak_output");
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aCommandThatFails() {
    assertThatThrownBy(
            () -> token(shell("echo ak_secret; printf 'not\\nlogged in\\n' >&2; exit 3", LONG)))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(
            "the token command /bin/sh ended with code 3, try it in a terminal: not logged in");
    assertThatThrownBy(() -> token(shell("head -c 9999 /dev/zero | tr '\\0' x >&2; exit 1", LONG)))
        .isInstanceOf(IOException.class)
        .message()
        .startsWith("the token command /bin/sh ended with code 1, try it in a terminal: xxx")
        .hasSizeLessThan(400);
    assertThatThrownBy(() -> token(shell("true", LONG)))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("the output of the token command /bin/sh is empty");
  }

  @Test
  void aCommandThatIsNotThere() {
    TokenSource source = TokenSources.command(List.of("/no/such/program", "secret"), LONG);
    assertThatThrownBy(() -> token(source))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("the token command /no/such/program cannot be started, ")
        .hasMessageNotContaining("secret");
    assertThat(source.toString()).doesNotContain("secret");
  }

  @Test
  void commandsThatCannotBe() {
    assertThatThrownBy(() -> TokenSources.command(List.of(), LONG))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("command is empty");
    assertThatThrownBy(() -> TokenSources.command(List.of("x"), Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("timeout must be positive, but is 0 s");
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aCommandThatTakesTooLongIsKilledWithItsChildren() throws Exception {
    CompletableFuture<InputStream> child = childsOutput();
    assertThatThrownBy(() -> token(shell(waitsForAChild(), Duration.ofSeconds(5))))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("the token command /bin/sh did not end within 5 s");
    assertEnds(child);
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aCommandThatNobodyWaitsForIsKilledWithItsChildren() throws Exception {
    CompletableFuture<InputStream> child = childsOutput();
    CompletableFuture<Throwable> failure = new CompletableFuture<>();
    Thread asking =
        new Thread(
            () -> failure.complete(catchThrowable(() -> token(shell(waitsForAChild(), LONG)))));
    asking.start();
    assertThat(child.get(60, TimeUnit.SECONDS)).isNotNull();
    asking.interrupt();
    assertThat(failure.get(60, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
    assertEnds(child);
  }

  private Path pipe() {
    return folder.resolve("pipe");
  }

  private String waitsForAChild() {
    return "sleep 300 > " + pipe() + " & wait";
  }

  /** Comes when the child has started. */
  private CompletableFuture<InputStream> childsOutput() throws Exception {
    Process process = new ProcessBuilder("mkfifo", pipe().toString()).start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return Files.newInputStream(pipe());
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  /** The system closes what a process has open when it ends, whoever looks after its remains. */
  private static void assertEnds(CompletableFuture<InputStream> child) throws Exception {
    try (InputStream output = child.get(60, TimeUnit.SECONDS)) {
      assertThat(output.read()).isEqualTo(-1);
    }
  }
}
