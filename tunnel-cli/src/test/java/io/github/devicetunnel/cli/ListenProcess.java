package io.github.devicetunnel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs the program as a process that listens on a free port. */
public final class ListenProcess implements AutoCloseable {
  private final TestProcess process;
  private final Lines out = new Lines();
  private final Lines err = new Lines();
  private final List<Thread> readers = new ArrayList<>();

  private ListenProcess(TestProcess process) {
    this.process = process;
    readers.add(read(process.getInputStream(), out));
    readers.add(read(process.getErrorStream(), err));
  }

  /** Starts the program with a short ping interval and a short half-close timeout. */
  public static ListenProcess start(String cloudUri, String... args) throws IOException {
    List<String> all =
        new ArrayList<>(
            List.of("-listen-uri=127.0.0.1:0", "-ping-duration=1", "--half-close-timeout=100ms"));
    all.addAll(List.of(args));
    return new ListenProcess(TestProcess.start(ProgramCommand.of(cloudUri, all)));
  }

  private static Thread read(InputStream in, OutputStream lines) {
    Thread thread =
        new Thread(
            () -> {
              try (in) {
                in.transferTo(lines);
              } catch (IOException e) {
                // The test has closed the stream, so that writes of the program fail.
              }
            },
            "reader-of-process");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  public String nextLine() throws InterruptedException {
    return out.next();
  }

  /** Returns the next line as a JSON object. Its values are strings, numbers or null. */
  public Map<String, Object> nextEvent() throws InterruptedException {
    return object(out.next());
  }

  public Map<String, Object> nextErrorObject() throws InterruptedException {
    return object(err.next());
  }

  public String nextErrorLine() throws InterruptedException {
    return err.next();
  }

  /** Returns the output and the errors so far. */
  public String output() {
    return out.all() + err.all();
  }

  /** Closes the reading end of standard output. */
  public void closeOutput() throws IOException {
    process.getInputStream().close();
  }

  public static Map<String, Object> object(String line) {
    Map<String, Object> object = new LinkedHashMap<>();
    try (JsonParser parser = new JsonFactory().createParser(line)) {
      assertThat(parser.nextToken()).as(line).isEqualTo(JsonToken.START_OBJECT);
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        object.put(
            name,
            switch (parser.nextToken()) {
              case VALUE_STRING -> parser.getText();
              case VALUE_NUMBER_INT -> parser.getLongValue();
              case VALUE_NULL -> null;
              default -> throw new AssertionError(name + " in " + line);
            });
      }
      assertThat(parser.nextToken()).as("rest of %s", line).isNull();
    } catch (IOException e) {
      throw new UncheckedIOException(line, e);
    }
    return object;
  }

  /** Sends SIGTERM. {@code Process.destroy()} would also close the streams. */
  public ListenProcess terminate() {
    assertThat(process.toHandle().destroy()).isTrue();
    return this;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Waits for the end of the process and of its output, and returns the exit code. */
  public int exitCode() throws InterruptedException {
    int exitCode = process.awaitExit();
    for (Thread reader : readers) {
      reader.join(Await.LONG.toMillis());
    }
    return exitCode;
  }

  @Override
  public void close() {
    process.end();
  }
}
