package io.github.devicetunnel.cli.process;

import java.io.FileDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The inputs of the process other than its arguments.
 *
 * @param variables environment variables
 * @param input standard input
 * @param stopSignals the signals that stop the program
 */
public record Environment(
    Map<String, String> variables, InputStream input, StopSignals stopSignals) {

  public static Environment ofProcess() {
    return new Environment(
        System.getenv(), new StandardInput(FileDescriptor.in), new ProcessSignals());
  }

  /**
   * Returns the value of a variable without trailing line breaks, which files and programs leave
   * there. Returns null for an empty variable, because scripts often clear a variable this way.
   */
  public @Nullable String variable(String name) {
    String value = variables.getOrDefault(name, "").replaceFirst("[\\r\\n]+$", "");
    return value.isEmpty() ? null : value;
  }

  /**
   * Returns an environment for a command that uses standard input itself. Reading a key from
   * standard input then fails.
   *
   * @param owner the owner of standard input, for the message
   */
  public Environment withInputTakenBy(String owner) {
    return new Environment(variables, new TakenInput(owner), stopSignals);
  }

  private static final class TakenInput extends InputStream {
    private final String owner;

    TakenInput(String owner) {
      this.owner = owner;
    }

    @Override
    public int read() throws IOException {
      throw new IOException("it is used by " + owner + "; specify a file");
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      return read();
    }
  }
}
