package io.github.devicetunnel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The program as a process, listening on a port of its own. */
final class ListenProcess implements AutoCloseable {
  private final Process process;
  private final Lines out = new Lines();
  private final Lines err = new Lines();
  private final List<Thread> readers = new ArrayList<>();

  private ListenProcess(Process process) {
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
    return new ListenProcess(builder(cloudUri, command(all)).start());
  }

  /** A command line that starts the program of this build. */
  static List<String> command(List<String> args) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
    command.addAll(args);
    return command;
  }

  static ProcessBuilder builder(String cloudUri, List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("TUNNEL_CLOUD_URI", cloudUri);
    builder.environment().put("TUNNEL_DEVICE", Program.DEVICE);
    builder.environment().put("TUNNEL_SERVICE", "127.0.0.1:80");
    builder.environment().put("TUNNEL_API_KEY", "ak_test");
    return builder;
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

  static Socket connect(String address) throws IOException {
    InetSocketAddress parsed = ListenAddress.parsePort(ListenAddress.OPTION, address);
    Socket socket = new Socket(parsed.getAddress(), parsed.getPort());
    socket.setSoTimeout(20_000);
    return socket;
  }

  /** Asks the demo's web service, and reads its whole answer, which has no body. */
  static void ask(Socket socket) throws IOException {
    socket
        .getOutputStream()
        .write("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    StringBuilder answer = new StringBuilder();
    while (answer.indexOf("\r\n\r\n") < 0) {
      int next = socket.getInputStream().read();
      assertThat(next).as("what follows %s", answer).isNotNegative();
      answer.append((char) next);
    }
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
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("it has ended: %s", output()).isTrue();
    for (Thread reader : readers) {
      reader.join(TimeUnit.SECONDS.toMillis(20));
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().orTimeout(20, TimeUnit.SECONDS).join();
  }
}
