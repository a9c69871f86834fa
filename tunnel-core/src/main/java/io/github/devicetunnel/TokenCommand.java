package io.github.devicetunnel;

import io.github.devicetunnel.internal.concurrent.Daemons;
import io.github.devicetunnel.internal.text.OneLine;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A token source that runs a program and reads its output. */
final class TokenCommand implements TokenSource {
  private static final int MAX_ERROR_BYTES = 300;

  private final List<String> command;
  private final Duration timeout;

  TokenCommand(List<String> command, Duration timeout) {
    this.command = command;
    this.timeout = timeout;
  }

  @Override
  public String token(TokenRequest request) throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.NANOSECONDS.convert(timeout);
    Process process = start();
    try {
      // Read both streams concurrently: a program blocks while one of them is full.
      FutureTask<byte[]> output = reading(process.getInputStream(), TokenText.MAX_BYTES + 1);
      FutureTask<byte[]> errors = reading(process.getErrorStream(), MAX_ERROR_BYTES);
      process.getOutputStream().close();
      if (!process.waitFor(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        throw new TimeoutException();
      }
      byte[] bytes = output.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (process.exitValue() != 0) {
        byte[] printed = errors.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        throw new IOException(
            this
                + " exited with code "
                + process.exitValue()
                + words(printed)
                + "; run it in a terminal to find the cause");
      }
      return TokenText.of("the output of " + this, bytes);
    } catch (TimeoutException e) {
      throw new IOException(
          this
              + " did not exit within "
              + Durations.seconds(timeout)
              + "; run it in a terminal to find the cause",
          e);
    } catch (ExecutionException e) {
      throw new IOException("the output of " + this + " cannot be read", e.getCause());
    } finally {
      kill(process);
    }
  }

  private Process start() throws IOException {
    try {
      return new ProcessBuilder(command).start();
    } catch (IOException e) {
      throw new IOException(
          this + " cannot be started: " + e.getMessage() + "; check its path and permissions", e);
    }
  }

  /** Keeps the beginning and discards the rest, so that the program does not block. */
  private static FutureTask<byte[]> reading(InputStream in, int limit) {
    FutureTask<byte[]> reading =
        new FutureTask<>(
            () -> {
              byte[] beginning = in.readNBytes(limit);
              in.transferTo(OutputStream.nullOutputStream());
              return beginning;
            });
    Daemons.thread("tunnel-token-command", reading).start();
    return reading;
  }

  private static String words(byte[] text) {
    String words = OneLine.words(new String(text, Charset.defaultCharset()), OneLine.MAX_FOREIGN);
    return words.isEmpty() ? "" : ": " + words;
  }

  /**
   * Kills the program after its descendants, because the system no longer links them to it once it
   * has ended.
   */
  private static void kill(Process process) {
    if (process.isAlive()) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  /** Omits the arguments, which may contain a secret. */
  @Override
  public String toString() {
    return "the token command " + Target.shown(command.get(0));
  }
}
