package io.github.devicetunnel.cli;

import java.io.FileDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the process has from outside, apart from its arguments.
 *
 * @param variables environment variables
 * @param input standard input
 * @param stopSignals how it is told to stop
 * @param config the file that its arguments name
 */
record Environment(
    Map<String, String> variables, InputStream input, StopSignals stopSignals, Config config) {

  Environment(Map<String, String> variables, InputStream input, StopSignals stopSignals) {
    this(variables, input, stopSignals, new Config());
  }

  static Environment ofProcess() {
    return new Environment(
        System.getenv(), new StandardInput(FileDescriptor.in), new ProcessSignals());
  }

  /**
   * Returns the variable's value without line breaks at its end, which files and programs leave
   * there. An empty one counts as not set, as scripts often clear it so.
   */
  @Nullable String variable(String name) {
    String value = variables.getOrDefault(name, "").replaceFirst("[\\r\\n]+$", "");
    return value.isEmpty() ? null : value;
  }

  /** For a command whose standard input is not there for a key, which is refused then. */
  Environment withInputTakenBy(String whom) {
    return new Environment(variables, new TakenInput(whom), stopSignals, config);
  }

  private static final class TakenInput extends InputStream {
    private final String owner;

    TakenInput(String owner) {
      this.owner = owner;
    }

    @Override
    public int read() throws IOException {
      throw new IOException("it belongs to " + owner);
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      return read();
    }
  }
}
