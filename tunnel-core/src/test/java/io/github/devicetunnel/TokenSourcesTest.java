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

/** Checks tokens from files, environment variables and commands. */
class TokenSourcesTest {
  private static final TokenRequest REQUEST =
      new TokenRequest(new Target("017b7fddb124724840c1c7b800000000", "127.0.0.1:80"), false);
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir Path folder;

  private static TokenSource shell(String script, Duration timeout) {
    return TokenSources.command(List.of("/bin/sh", "-c", script), timeout);
  }

  private static String token(TokenSource source) throws Exception {
    return source.token(REQUEST);
  }

  @Test
  void rereadsFileForEachToken() throws Exception {
    Path file = Files.writeString(folder.resolve("token"), "ak_1\r\n");
    TokenSource source = TokenSources.file(file);
    assertThat(token(source)).isEqualTo("ak_1");
    // The size is the same, and the modification time may be the same.
    Files.writeString(file, "ak_2\r\n");
    assertThat(token(source)).isEqualTo("ak_2");
    Files.delete(file);
    assertThatThrownBy(() -> token(source))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("the token file " + file + " does not exist");
    Files.writeString(file, "ak_3");
    assertThat(token(source)).isEqualTo("ak_3");
  }

  @Test
  void rejectsFileWithoutToken() throws Exception {
    Path file = Files.writeString(folder.resolve("token"), "\n");
    assertThatThrownBy(() -> token(TokenSources.file(file)))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("the token file " + file + " is empty");
    Files.write(file, new byte[70_000]);
    assertThatThrownBy(() -> token(TokenSources.file(file)))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("the token file " + file + " is longer than 64 KiB");
    assertThatThrownBy(() -> token(TokenSources.file(folder))).isInstanceOf(IOException.class);
  }

  /** A reader of a pipe blocks until the pipe has a writer, even if the reader is interrupted. */
  @Test
  @DisabledOnOs(OS.WINDOWS)
  void rejectsPipeInPlaceOfFile() throws Exception {
    makePipe();
    CompletableFuture<Throwable> failure =
        CompletableFuture.supplyAsync(() -> catchThrowable(() -> token(TokenSources.file(pipe()))));
    assertThat(failure.get(LONG.toSeconds(), TimeUnit.SECONDS))
        .isInstanceOf(IOException.class)
        .hasMessage("the token file " + pipe() + " is not a regular file; replace it with one");
  }

  @Test
  void readsEnvironmentVariable() throws Exception {
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
  void readsCommandOutput() throws Exception {
    // Standard input is empty, and standard error is drained.
    String script = "cat; head -c 300000 /dev/zero >&2; echo ak_output";
    assertThat(token(shell(script, LONG))).isEqualTo("ak_output");
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void reportsFailedCommand() {
    assertThatThrownBy(
            () -> token(shell("echo ak_secret; printf 'not\\nlogged in\\n' >&2; exit 3", LONG)))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(
            "the token command /bin/sh exited with code 3: not logged in; run it in a terminal");
    assertThatThrownBy(() -> token(shell("head -c 9999 /dev/zero | tr '\\0' x >&2; exit 1", LONG)))
        .isInstanceOf(IOException.class)
        .message()
        .startsWith("the token command /bin/sh exited with code 1: xxx")
        .hasSizeLessThan(400);
    assertThatThrownBy(() -> token(shell("true", LONG)))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("the output of the token command /bin/sh is empty");
  }

  @Test
  void reportsMissingCommand() {
    TokenSource source = TokenSources.command(List.of("/no/such/program", "secret"), LONG);
    assertThatThrownBy(() -> token(source))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("the token command /no/such/program cannot be started: ")
        .hasMessageNotContaining("secret");
    assertThat(source.toString()).doesNotContain("secret");
  }

  @Test
  void rejectsInvalidCommandOrTimeout() {
    assertThatThrownBy(() -> TokenSources.command(List.of(), LONG))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("command is empty");
    assertThatThrownBy(() -> TokenSources.command(List.of("x"), Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("timeout must be positive, but is 0 s");
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void killsCommandAndChildrenOnTimeout() throws Exception {
    CompletableFuture<InputStream> child = childOutput();
    assertThatThrownBy(() -> token(shell(childScript(), Duration.ofSeconds(5))))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("the token command /bin/sh did not exit within 5 s");
    assertEnds(child);
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void killsCommandAndChildrenOnInterrupt() throws Exception {
    CompletableFuture<InputStream> child = childOutput();
    CompletableFuture<Throwable> failure = new CompletableFuture<>();
    Thread caller =
        new Thread(() -> failure.complete(catchThrowable(() -> token(shell(childScript(), LONG)))));
    caller.start();
    assertThat(child.get(60, TimeUnit.SECONDS)).isNotNull();
    caller.interrupt();
    assertThat(failure.get(60, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
    assertEnds(child);
  }

  private Path pipe() {
    return folder.resolve("pipe");
  }

  private String childScript() {
    return "sleep 300 > " + pipe() + " & wait";
  }

  private void makePipe() throws Exception {
    Process process = new ProcessBuilder("mkfifo", pipe().toString()).start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
  }

  /** Completes when the child process has started. */
  private CompletableFuture<InputStream> childOutput() throws Exception {
    makePipe();
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return Files.newInputStream(pipe());
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  /** Waits for the end of the pipe. The system closes it when the child process ends. */
  private static void assertEnds(CompletableFuture<InputStream> child) throws Exception {
    try (InputStream output = child.get(60, TimeUnit.SECONDS)) {
      assertThat(output.read()).isEqualTo(-1);
    }
  }
}
