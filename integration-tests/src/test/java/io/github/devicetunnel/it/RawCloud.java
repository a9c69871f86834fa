package io.github.devicetunnel.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;

/** A server that does what no tidy server does: a test says every byte. */
final class RawCloud extends Cloud {
  /** What is done with one connection, whose request has been read. */
  interface Script {
    void play(RawConnection connection) throws Exception;
  }

  /** Puts a layer over a connection. */
  interface Wrapping {
    Socket wrap(Socket socket) throws Exception;
  }

  private final Service service;

  private RawCloud(Service service) {
    this.service = service;
  }

  static RawCloud started(Script script) throws IOException {
    return started(socket -> socket, script);
  }

  /** Wraps every connection first, in TLS perhaps. */
  static RawCloud started(Wrapping wrapping, Script script) throws IOException {
    return new RawCloud(
        Service.started(
            socket -> {
              try (Socket wrapped = wrapping.wrap(socket)) {
                script.play(RawConnection.read(wrapped));
              }
            }));
  }

  /** Takes whatever comes, be it a whole request or not, and answers nothing. */
  static RawCloud silent() throws IOException {
    return new RawCloud(
        Service.started(
            socket -> {
              long unused = socket.getInputStream().transferTo(OutputStream.nullOutputStream());
            }));
  }

  /** Answers everything with these lines and this body. The length is added. */
  static RawCloud answering(String statusAndHeaders, String body) throws IOException {
    return started(
        connection -> {
          connection.answer(statusAndHeaders, body);
          connection.awaitEnd();
        });
  }

  /** Grants the upgrade, and then does nothing at all until the test is over. */
  static RawCloud frozen() throws IOException {
    return started(
        connection -> {
          connection.write(connection.granted());
          connection.freeze();
        });
  }

  /** Grants the upgrade, takes so many bytes and then the close frame, and closes in order. */
  static RawCloud takingAll(long count) throws IOException {
    return started(
        connection -> {
          connection.write(connection.granted());
          connection.skipPayload(count);
          assertThat(connection.readCloseCode()).isEqualTo(1000);
          connection.close(1000);
        });
  }

  /** How many requests there were: one a connection. */
  int requests() {
    return service.accepted();
  }

  /** Waits until every script has come to its end, and fails if one went wrong. */
  void assertPlayed() {
    Await.until("scripts ended", () -> service.open() == 0);
    assertThat(service.failures()).isEmpty();
  }

  @Override
  String uri() {
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
