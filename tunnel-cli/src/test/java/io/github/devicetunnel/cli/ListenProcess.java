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

/** The program as a process, listening on a port of its own. */
final class ListenProcess implements AutoCloseable {
  private final TestProcess process;
  private final Lines out = new Lines();
  private final Lines err = new Lines();
  private final List<Thread> readers = new ArrayList<>();

  private ListenProcess(TestProcess process) {
    this.process = process;
    readers.add(read(process.getInputStream(), out));
    readers.add(read(process.getErrorStream(), err));
  }

  /** Waits for nobody for long: neither for a ping, nor for a client that has left. */
  static ListenProcess start(String cloudUri, String... args) throws IOException {
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
                // The test closed it, to see what becomes of who writes into it.
              }
            },
            "reader-of-process");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  String nextLine() throws InterruptedException {
    return out.next();
  }

  /** The next line as an object whose values are all of the basic kinds. */
  Map<String, Object> nextEvent() throws InterruptedException {
    return object(out.next());
  }

  Map<String, Object> nextErrorObject() throws InterruptedException {
    return object(err.next());
  }

  String nextErrorLine() throws InterruptedException {
    return err.next();
  }

  /** All that it has said so far. */
  String output() {
    return out.all() + err.all();
  }

  /** Nobody reads its standard output any more. */
  void closeOutput() throws IOException {
    process.getInputStream().close();
  }

  static Map<String, Object> object(String line) {
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
      assertThat(parser.nextToken()).as("what follows in %s", line).isNull();
    } catch (IOException e) {
      throw new UncheckedIOException(line, e);
    }
    return object;
  }

  /** Sends SIGTERM; destroy() of the process itself would close its streams as well. */
  ListenProcess terminate() {
    assertThat(process.toHandle().destroy()).isTrue();
    return this;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Waits for its end, and until all that it said has been read. */
  int exitCode() throws InterruptedException {
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
