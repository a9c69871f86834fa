package io.github.devicetunnel.it.listen;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelListener;
import io.github.devicetunnel.it.listen.Received.End;
import io.github.devicetunnel.it.support.Await;
import io.github.devicetunnel.it.support.CloudKind;
import io.github.devicetunnel.it.support.LocalEnd;
import io.github.devicetunnel.it.support.Loopback;
import io.github.devicetunnel.it.support.ScriptedCloud;
import io.github.devicetunnel.it.support.Service;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** Further differences between a tunnel and a direct connection, by situation. */
final class FurtherDifferences {
  private static final Set<CloudKind> KINDS = EnumSet.of(CloudKind.TESTING, CloudKind.NODE);

  private FurtherDifferences() {}

  /** Returns the scenes by the situation in which the difference shows. */
  static Map<String, DifferenceScene> scenes() {
    return Map.of(
        "the network fails while the connection is idle",
        folder -> networkFails(),
        "the local program sends urgent data (`MSG_OOB`)",
        folder -> urgentData(),
        "the service checks the address of its client",
        folder -> clientAddress(),
        "the protocol negotiates further ports (data connections of FTP)",
        folder -> furtherPorts());
  }

  private static Received read(SocketAddress address) throws IOException {
    try (Socket socket = LocalEnd.connect(address)) {
      return Received.from(socket);
    }
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(US_ASCII));
  }

  private static void networkFails() throws Exception {
    try (Service silent = Service.started(socket -> socket.getInputStream().read());
        ScriptedCloud cloud = ScriptedCloud.frozen();
        TunnelClient client =
            cloud
                .client("127.0.0.1:80")
                .pingInterval(Duration.ofMillis(100))
                .livenessTimeout(Duration.ofMillis(500))
                .build();
        TunnelListener listener = client.listen(Loopback.anyPort());
        Socket direct = LocalEnd.connect(silent.address())) {
      assertThat(read(listener.localAddress())).isEqualTo(Received.of("", End.RESET));
      direct.setSoTimeout(500);
      assertThatThrownBy(() -> direct.getInputStream().read())
          .isInstanceOf(SocketTimeoutException.class);
    }
  }

  private static void urgentData() throws Exception {
    DirectAndTunnel<String> outOfBand = urgentData(false);
    assertThat(outOfBand.direct()).isEqualTo("1234");
    assertThat(outOfBand.tunnels().values()).containsOnly("12!34");

    urgentData(true).assertAll("12!34");
  }

  private static DirectAndTunnel<String> urgentData(boolean inline) throws Exception {
    BlockingQueue<String> received = new LinkedBlockingQueue<>();
    DirectAndTunnel.LocalProgram<String> sendsUrgentData =
        address -> {
          try (Socket socket = LocalEnd.connect(address)) {
            write(socket, "12");
            socket.sendUrgentData('!');
            write(socket, "34");
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
          }
          return Await.next(received);
        };
    Service.Script readsUntilFour =
        socket -> {
          socket.setOOBInline(inline);
          StringBuilder text = new StringBuilder();
          while (text.indexOf("4") < 0) {
            text.append((char) socket.getInputStream().read());
          }
          received.add(text.toString());
        };
    try (Service service = Service.started(readsUntilFour)) {
      return DirectAndTunnel.run(KINDS, service.address(), sendsUrgentData);
    }
  }

  private static void clientAddress() throws Exception {
    BlockingQueue<SocketAddress> clients = new LinkedBlockingQueue<>();
    DirectAndTunnel.LocalProgram<Boolean> matches =
        address -> {
          try (Socket socket = LocalEnd.connect(address)) {
            return socket.getLocalSocketAddress().equals(Await.next(clients));
          }
        };
    try (Service service =
        Service.started(socket -> clients.add(socket.getRemoteSocketAddress()))) {
      DirectAndTunnel<Boolean> results = DirectAndTunnel.run(KINDS, service.address(), matches);
      assertThat(results.direct()).isTrue();
      assertThat(results.tunnels().values()).containsOnly(false);
    }
  }

  /** Gives the device its own address: on Linux, all of 127.0.0.0/8 is this machine. */
  private static void furtherPorts() throws Exception {
    InetAddress device = InetAddress.getByName("127.0.0.2");
    try (ServerSocket data = new ServerSocket(0, 5, device);
        SequentialService control =
            SequentialService.started(
                device, socket -> write(socket, data.getLocalPort() + "\r\n"))) {
      DirectAndTunnel.LocalProgram<Boolean> connectsToData =
          address -> {
            int port;
            try (Socket socket = LocalEnd.connect(address)) {
              port = Integer.parseInt(FtpScript.readReply(socket).strip());
            }
            try (Socket socket = new Socket(address.getAddress(), port)) {
              return socket.isConnected();
            } catch (ConnectException e) {
              return false;
            }
          };
      DirectAndTunnel<Boolean> results =
          DirectAndTunnel.run(KINDS, control.address(), connectsToData);
      assertThat(results.direct()).isTrue();
      assertThat(results.tunnels().values()).containsOnly(false);
    }
  }
}
