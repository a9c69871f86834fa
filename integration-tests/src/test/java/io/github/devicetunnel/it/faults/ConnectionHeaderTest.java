package io.github.devicetunnel.it.faults;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.devicetunnel.TlsSettings;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelListener;
import io.github.devicetunnel.TunnelRejectedException;
import io.github.devicetunnel.TunnelStream;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.LocalEnd;
import io.github.devicetunnel.it.support.Loopback;
import io.github.devicetunnel.it.support.RandomBytes;
import io.github.devicetunnel.it.support.RawConnection;
import io.github.devicetunnel.it.support.ScriptedCloud;
import io.github.devicetunnel.it.support.ServerFrames;
import io.github.devicetunnel.it.support.UnconnectedSockets;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import okhttp3.OkHttpClient;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Responses with status 101 whose Connection header is a list, which RFC 9110 section 7.6.1 allows.
 */
final class ConnectionHeaderTest {
  private static final String SERVICE = "127.0.0.1:80";
  private static final HeldCertificate HELD =
      new HeldCertificate.Builder().addSubjectAlternativeName("localhost").build();
  private static final HandshakeCertificates SERVER =
      new HandshakeCertificates.Builder().heldCertificate(HELD).build();

  @RegisterExtension final Leaks leaks = new Leaks();

  @TempDir private Path folder;

  static Stream<Arguments> listHeaders() {
    return Stream.of(
            "Connection: keep-alive, Upgrade",
            "Connection: Upgrade, keep-alive",
            "Connection: keep-alive\r\nConnection: Upgrade",
            "Connection: Upgrade\r\nConnection: keep-alive",
            "Connection: Upgrade\r\nX-Between: 1\r\nconnection: Keep-Alive\r\nCONNECTION: x",
            "connection:keep-alive,upgrade",
            "CONNECTION: \t,, UPGRADE ,\t",
            "Connection:,upgrade\nX-Short: 1",
            "Connection: close, upgrade")
        .flatMap(header -> Stream.of(Arguments.of(header, false), Arguments.of(header, true)));
  }

  /** The first frame arrives in one write with the response head, so OkHttp reads both at once. */
  @ParameterizedTest(name = "{0}, TLS: {1}")
  @MethodSource("listHeaders")
  void acceptsListHeaderWithoutByteLoss(String header, boolean tls) throws Exception {
    byte[] banner = new RandomBytes(1, 12 << 10).readAllBytes();
    ScriptedCloud.Script script =
        connection -> {
          connection.write(
              connection.granted(header, connection.accept()), ServerFrames.binary(banner));
          serve(connection);
        };
    exchange(script, tls, banner);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void acceptsResponseSentByteByByte(boolean tls) throws Exception {
    byte[] banner = new RandomBytes(2, 40).readAllBytes();
    ScriptedCloud.Script script =
        connection -> {
          byte[] all =
              ServerFrames.bytes(
                  connection.granted("Connection: keep-alive, Upgrade", connection.accept()),
                  ServerFrames.binary(banner));
          for (int i = 0; i < all.length; i++) {
            connection.write(all, i, 1);
          }
          serve(connection);
        };
    exchange(script, tls, banner);
  }

  /** Interim responses 100 (RFC 9110 section 15.2.1) and 103 (RFC 8297). */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void ignoresInterimResponses(boolean tls) throws Exception {
    byte[] banner = "banner".getBytes(UTF_8);
    ScriptedCloud.Script script =
        connection -> {
          connection.write(
              "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </>\r\n\r\n"
                  .getBytes(ISO_8859_1),
              connection.granted("Connection: keep-alive, Upgrade", connection.accept()),
              ServerFrames.binary(banner));
          serve(connection);
        };
    exchange(script, tls, banner);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void listenerAcceptsListHeader(boolean tls) throws Exception {
    ScriptedCloud.Script script =
        connection -> {
          connection.write(
              connection.granted("Connection: keep-alive, Upgrade", connection.accept()),
              ServerFrames.binary("banner".getBytes(UTF_8)));
          serve(connection);
        };
    try (ScriptedCloud cloud = started(script, tls);
        TunnelClient client = client(cloud, tls).build();
        TunnelListener listener = client.listen(Loopback.anyPort());
        Socket socket = LocalEnd.connect(listener)) {
      assertThat(socket.getInputStream().readNBytes(6)).isEqualTo("banner".getBytes(UTF_8));
      socket.getOutputStream().write("sent".getBytes(UTF_8));
      assertThat(socket.getInputStream().readAllBytes()).isEqualTo("got".getBytes(UTF_8));
      cloud.assertPlayed();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X: 1",
        "Connection: keep-alive",
        "Connection: upgraded, x-upgrade",
        "Connection:"
      })
  void rejectsConnectionHeaderWithoutUpgrade(String header) throws Exception {
    for (boolean tls : new boolean[] {false, true}) {
      try (ScriptedCloud cloud = started(c -> answer(c, header), tls);
          TunnelClient client = client(cloud, tls).build()) {
        TunnelRejectedException e =
            catchThrowableOfType(TunnelRejectedException.class, client::open);
        assertThat(e.statusCode()).isEqualTo(101);
        assertThat(e)
            .hasMessageMatching(
                ".*: the header Connection is (missing|\"keep-alive\"|\"upgraded, x-upgrade\"),"
                    + " without the option Upgrade \\(RFC 6455 section 4\\.1\\)");
        cloud.assertPlayed();
      }
    }
  }

  /** Plaintext sockets of the application's own socket factory. */
  @Test
  void rejectsListHeaderOnPlaintextApplicationSockets() throws Exception {
    OkHttpClient okHttpClient =
        new OkHttpClient.Builder().socketFactory(new PlainSockets()).build();
    try (ScriptedCloud cloud = started(c -> answer(c, "Connection: keep-alive, Upgrade"), false);
        TunnelClient client = cloud.client(SERVICE).okHttpClient(okHttpClient).build()) {
      assertThat(catchThrowableOfType(TunnelRejectedException.class, client::open))
          .hasMessageContaining("the header Connection is \"keep-alive, Upgrade\"")
          .hasMessageEndingWith("; use wss");
      cloud.assertPlayed();
    }
  }

  private static void answer(RawConnection connection, String header) throws Exception {
    connection.write(connection.granted(header, connection.accept()));
    connection.awaitEnd();
  }

  private static void serve(RawConnection connection) throws Exception {
    assertThat(connection.readFrameExceptPings().payload()).isEqualTo("sent");
    connection.write(ServerFrames.binary("got".getBytes(UTF_8)), ServerFrames.close(1000));
    assertThat(connection.readCloseCode()).isEqualTo(1000);
  }

  private void exchange(ScriptedCloud.Script script, boolean tls, byte[] banner) throws Exception {
    try (ScriptedCloud cloud = started(script, tls);
        TunnelClient client = client(cloud, tls).build();
        TunnelStream stream = client.open()) {
      assertThat(stream.inputStream().readNBytes(banner.length)).isEqualTo(banner);
      stream.outputStream().write("sent".getBytes(UTF_8));
      assertThat(stream.inputStream().readAllBytes()).isEqualTo("got".getBytes(UTF_8));
      cloud.assertPlayed();
    }
  }

  private static ScriptedCloud started(ScriptedCloud.Script script, boolean tls) throws Exception {
    return tls
        ? ScriptedCloud.started(ConnectionHeaderTest::toTls, script)
        : ScriptedCloud.started(script);
  }

  private TunnelClient.Builder client(ScriptedCloud cloud, boolean tls) throws Exception {
    if (!tls) {
      return cloud.client(SERVICE);
    }
    Path authority = Files.writeString(folder.resolve("ca.pem"), HELD.certificatePem());
    return cloud
        .client(SERVICE)
        .cloudUri(cloud.uri().replace("ws://127.0.0.1", "wss://localhost"))
        .tls(TlsSettings.builder().trustOnly(authority).build());
  }

  private static Socket toTls(Socket socket) throws Exception {
    SSLSocketFactory factory = SERVER.sslSocketFactory();
    SSLSocket tlsSocket = (SSLSocket) factory.createSocket(socket, null, true);
    tlsSocket.startHandshake();
    return tlsSocket;
  }

  /** A socket factory of an application, whose sockets the library cannot recognize. */
  private static final class PlainSockets extends UnconnectedSockets {
    @Override
    public Socket createSocket() {
      return new Socket();
    }
  }
}
