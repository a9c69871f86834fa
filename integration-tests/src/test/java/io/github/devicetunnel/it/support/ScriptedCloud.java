package io.github.devicetunnel.it.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;

/** A cloud of which a test controls every byte, including invalid ones. */
public final class ScriptedCloud extends Cloud {
  /** Serves one connection after its request was read. */
  public interface Script {
    void play(RawConnection connection) throws Exception;
  }

  /** Wraps the socket of a connection. */
  public interface Wrapping {
    Socket wrap(Socket socket) throws Exception;
  }

  private final Service service;

  private ScriptedCloud(Service service) {
    this.service = service;
  }

  public static ScriptedCloud started(Script script) throws IOException {
    return started(socket -> socket, script);
  }

  /** Starts a cloud that first wraps every connection, for example in TLS. */
  public static ScriptedCloud started(Wrapping wrapping, Script script) throws IOException {
    return new ScriptedCloud(
        Service.started(
            socket -> {
              try (Socket wrapped = wrapping.wrap(socket)) {
                script.play(RawConnection.read(wrapped));
              }
            }));
  }

  /** Starts a cloud that reads all input and never answers. */
  public static ScriptedCloud silent() throws IOException {
    return new ScriptedCloud(
        Service.started(
            socket -> {
              long unused = socket.getInputStream().transferTo(OutputStream.nullOutputStream());
            }));
  }

  /**
   * Starts a cloud that answers every request with these lines and this body, and adds the length.
   */
  public static ScriptedCloud answering(String statusAndHeaders, String body) throws IOException {
    return started(
        connection -> {
          connection.answer(statusAndHeaders, body);
          connection.awaitEnd();
        });
  }

  /** Starts a cloud that accepts the upgrade, and then neither reads nor writes. */
  public static ScriptedCloud frozen() throws IOException {
    return started(
        connection -> {
          connection.write(connection.granted());
          connection.freeze();
        });
  }

  /**
   * Starts a cloud that accepts the upgrade, reads {@code count} bytes and the close frame, and
   * closes normally.
   */
  public static ScriptedCloud acceptingAll(long count) throws IOException {
    return started(
        connection -> {
          connection.write(connection.granted());
          connection.skipPayload(count);
          assertThat(connection.readCloseCode()).isEqualTo(1000);
          connection.close(1000);
        });
  }

  /** Returns the number of requests, one per connection. */
  public int requests() {
    return service.accepted();
  }

  /** Waits until every script has ended, and fails if a script failed. */
  public void assertPlayed() {
    Await.until("scripts ended", () -> service.open() == 0);
    assertThat(service.failures()).isEmpty();
  }

  @Override
  public String uri() {
    return "ws://" + service.serviceAddress();
  }

  @Override
  public void close() {
    try {
      service.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
