package io.github.devicetunnel.it.faults;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelListener;
import io.github.devicetunnel.TunnelRejectedException;
import io.github.devicetunnel.TunnelStream;
import io.github.devicetunnel.it.support.Await;
import io.github.devicetunnel.it.support.EchoService;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.LocalEnd;
import io.github.devicetunnel.it.support.Loopback;
import io.github.devicetunnel.it.support.NodeCloud;
import io.github.devicetunnel.it.support.RandomBytes;
import io.github.devicetunnel.it.support.RawConnection;
import io.github.devicetunnel.it.support.ScriptedCloud;
import io.github.devicetunnel.it.support.ServerFrames;
import java.net.Socket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests clouds that select or require a websocket subprotocol (RFC 6455 section 1.9). */
final class SubprotocolTest {
  private static final String SERVICE = "127.0.0.1:80";
  private static final String DEFECT =
      "the server's answer is not a valid websocket upgrade: the server selected the ";

  @RegisterExtension final Leaks leaks = new Leaks();

  @Test
  void carriesBytesWithRequiredSubprotocol() throws Exception {
    try (NodeCloud cloud = NodeCloud.started("binary");
        EchoService echo = EchoService.started();
        TunnelClient client = cloud.client(echo).subprotocol("mqtt", "binary").build();
        TunnelClient copy = client.newBuilder().build();
        TunnelListener listener = client.listen(Loopback.anyPort())) {
      byte[] sent = new RandomBytes(7, 32 << 10).readAllBytes();
      try (TunnelStream stream = copy.open()) {
        stream.outputStream().write(sent);
        assertThat(stream.inputStream().readNBytes(sent.length)).isEqualTo(sent);
      }
      try (Socket socket = LocalEnd.connect(listener)) {
        socket.getOutputStream().write(sent);
        assertThat(socket.getInputStream().readNBytes(sent.length)).isEqualTo(sent);
      }
    }
  }

  @Test
  void cloudRejectsClientWithoutRequiredSubprotocol() throws Exception {
    try (NodeCloud cloud = NodeCloud.started("binary");
        TunnelClient client = cloud.client(SERVICE).subprotocol("base64").build()) {
      assertThat(catchThrowableOfType(TunnelRejectedException.class, client::open))
          .hasMessageContaining("subprotocol required");
      try (TunnelClient without = client.newBuilder().subprotocol().build()) {
        assertThat(catchThrowableOfType(TunnelRejectedException.class, without::open))
            .hasMessageContaining("subprotocol required");
      }
    }
  }

  @Test
  void offersNamesInOneHeader() throws Exception {
    BlockingQueue<String> offers = new LinkedBlockingQueue<>();
    ScriptedCloud.Script script =
        connection -> {
          offers.add(String.valueOf(connection.header("Sec-WebSocket-Protocol")));
          connection.write(answer(connection, "Sec-WebSocket-Protocol: base64"));
          assertThat(connection.readCloseCode()).isEqualTo(1000);
          connection.close(1000);
        };
    try (ScriptedCloud cloud = ScriptedCloud.started(script);
        TunnelClient client =
            cloud.client(SERVICE).subprotocol("chat").subprotocol("binary", "base64").build()) {
      client.open().close();
      assertThat(Await.next(offers)).isEqualTo("binary, base64");
      cloud.assertPlayed();
    }
  }

  /** Valid by RFC 6455 section 4.1; browsers accept these answers, too. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-Other: 1",
        "Sec-WebSocket-Protocol:",
        "Sec-WebSocket-Protocol:\r\nSec-WebSocket-Extensions: ",
        "sec-websocket-protocol: ,\r\nsec-websocket-extensions: , ",
        "SEC-WEBSOCKET-PROTOCOL:   binary  ",
        "Sec-WebSocket-Protocol:\r\nSec-WebSocket-Protocol: binary"
      })
  void acceptsNoneOrOneOfferedSubprotocol(String headers) throws Exception {
    assertThat(received(headers, "binary")).isEqualTo("banner");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Sec-WebSocket-Protocol:", "Sec-WebSocket-Extensions: "})
  void acceptsEmptyHeadersWithoutOffer(String headers) throws Exception {
    assertThat(received(headers)).isEqualTo("banner");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "chat           | subprotocol \"chat\", but only \"binary\", \"base64\" were offered",
        "Binary         | subprotocol \"Binary\", but only \"binary\", \"base64\" were offered",
        "binary, base64 | subprotocols \"binary\", \"base64\", but may select at most one",
        "binary, binary | subprotocols \"binary\", \"binary\", but may select at most one"
      })
  void rejectsSubprotocolsOutsideOffer(String selected, String text) throws Exception {
    assertThat(rejection("Sec-WebSocket-Protocol: " + selected, "binary", "base64"))
        .hasMessageEndingWith(DEFECT + text + " (RFC 6455 section 4.1)");
  }

  @Test
  void rejectsTwoSubprotocolHeaders() throws Exception {
    assertThat(
            rejection(
                "Sec-WebSocket-Protocol: binary\r\nSec-WebSocket-Protocol: base64",
                "binary",
                "base64"))
        .hasMessageContaining("subprotocols \"binary\", \"base64\", but may select at most one");
  }

  @Test
  void rejectionWithoutOfferNamesSetting() throws Exception {
    assertThat(rejection("Sec-WebSocket-Protocol: binary"))
        .hasMessageEndingWith(
            DEFECT
                + "subprotocol \"binary\", but none was offered (RFC 6455 section 4.1);"
                + " offer it with the setting subprotocol");
  }

  private static byte[] answer(RawConnection connection, String headers) {
    return connection.granted("Connection: Upgrade\r\n" + headers, connection.accept());
  }

  private static String received(String headers, String... offered) throws Exception {
    ScriptedCloud.Script script =
        connection -> {
          connection.write(
              answer(connection, headers),
              ServerFrames.binary("banner".getBytes(UTF_8)),
              ServerFrames.close(1000));
          assertThat(connection.readCloseCode()).isEqualTo(1000);
        };
    try (ScriptedCloud cloud = ScriptedCloud.started(script);
        TunnelClient client = cloud.client(SERVICE).subprotocol(offered).build();
        TunnelStream stream = client.open()) {
      String received = new String(stream.inputStream().readAllBytes(), ISO_8859_1);
      cloud.assertPlayed();
      return received;
    }
  }

  private static TunnelRejectedException rejection(String headers, String... offered)
      throws Exception {
    ScriptedCloud.Script script =
        connection -> {
          connection.write(answer(connection, headers));
          connection.awaitEnd();
        };
    try (ScriptedCloud cloud = ScriptedCloud.started(script);
        TunnelClient client = cloud.client(SERVICE).subprotocol(offered).build()) {
      TunnelRejectedException e = catchThrowableOfType(TunnelRejectedException.class, client::open);
      assertThat(e.statusCode()).isEqualTo(101);
      cloud.assertPlayed();
      return e;
    }
  }
}
