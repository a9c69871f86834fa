package io.github.devicetunnel.cli;

import static io.github.devicetunnel.cli.LocalClient.address;
import static io.github.devicetunnel.cli.LocalClient.connect;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.testing.Direction;
import io.github.devicetunnel.testing.Fault;
import io.github.devicetunnel.testing.TunnelService;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Runs several listeners in one program. Each service sends its own target. */
class MultipleListenersTest {
  private static final String ONE = Program.DEVICE;
  private static final String OTHER = Program.OTHER_DEVICE;

  private TunnelService cloud;

  @BeforeEach
  void start() throws IOException {
    cloud = TunnelService.builder().apiKey("ak_test").build().start();
    for (String device : List.of(ONE, OTHER)) {
      for (String service : List.of("127.0.0.1:80", "127.0.0.1:22")) {
        cloud
            .device(device)
            .onConnect(
                service,
                stream -> stream.outputStream().write((device + "/" + service).getBytes(UTF_8)));
      }
    }
  }

  @AfterEach
  void stop() {
    cloud.close();
  }

  @Test
  void tunnelsEachListenerToItsTarget() throws Exception {
    try (Program program =
        program()
            .start("-L", ":0=" + ONE + "/127.0.0.1:80", "-L=[::1]:0=" + OTHER + "/127.0.0.1:22")) {
      assertTunnelsTo(ONE + "/127.0.0.1:80", program.nextLine());
      assertTunnelsTo(OTHER + "/127.0.0.1:22", program.nextLine());
    }
  }

  /** Each connection takes a second or two to end, because the cloud does not answer its close. */
  @Test
  void stopDoesNotAddUpTimesOfListeners() throws Exception {
    String target = "=" + ONE + "/127.0.0.1:80";
    List<String> args = new ArrayList<>(List.of("--drain-timeout=0s"));
    args.addAll(Collections.nCopies(16, "-L=:0" + target));
    List<Socket> sockets = new ArrayList<>();
    try (TunnelService silent =
            TunnelService.builder().apiKey("ak_test").failOnLeaks(false).build().start();
        Program program = program().variable("TUNNEL_CLOUD_URI", silent.uri())) {
      silent.device(ONE).faults().onEveryConnect(Fault.stallAfter(0, Direction.TOWARD_CLOUD));
      silent
          .device(ONE)
          .onConnect(
              "127.0.0.1:80",
              stream -> {
                stream.outputStream().write('x');
                stream.inputStream().transferTo(OutputStream.nullOutputStream());
              });
      program.start(args.toArray(String[]::new));
      for (int i = 0; i < 16; i++) {
        sockets.add(connect(address(program.nextLine())));
        assertThat(sockets.get(i).getInputStream().read()).isEqualTo('x');
        // The cloud stops reading at the first byte.
        sockets.get(i).getOutputStream().write('y');
      }
      long start = System.nanoTime();
      assertThat(program.stop().exitCode()).isZero();
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  @Test
  void deviceOptionAppliesToAllListeners() throws Exception {
    try (Program program =
        program()
            .start("--device", ONE, "-L=:0=127.0.0.1:80", "-L=:0=" + OTHER + "/127.0.0.1:22")) {
      assertTunnelsTo(ONE + "/127.0.0.1:80", program.nextLine());
      assertTunnelsTo(OTHER + "/127.0.0.1:22", program.nextLine());
    }
  }

  @Test
  void cloudUriSetsBaseDeviceAndService() throws Exception {
    String url = cloud.uri() + "/v3/devices/" + ONE + "/services/127.0.0.1:80/connection";
    try (Program program =
        program().start("--cloud-uri", url, "--listen-uri=:0", "-L=:0=127.0.0.1:22")) {
      assertTunnelsTo(ONE + "/127.0.0.1:80", program.nextLine());
      assertTunnelsTo(ONE + "/127.0.0.1:22", program.nextLine());
    }
  }

  @Test
  void validatesAllListenersBeforeOpeningAny() throws Exception {
    Program program = program().run("-L=:0=" + ONE + "/127.0.0.1:80", "-L=:0=017b/127.0.0.1:80");

    assertThat(program.exitCode()).isEqualTo(2);
    assertThat(program.output()).isEmpty();
    assertThat(program.nextErrorLine())
        .startsWith("tunnel: -L: the device ID must be 32 hex digits");
  }

  @Test
  void failedListenerClosesOtherListeners() throws Exception {
    int free = freePort();
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String service = "=" + ONE + "/127.0.0.1:80";
      String address = "127.0.0.1:" + taken.getLocalPort();
      Program program = program().run("-L=:" + free + service, "-L=" + address + service);

      assertThat(program.exitCode()).isEqualTo(3);
      assertThat(program.output()).isEmpty();
      assertThat(program.nextErrorLine()).startsWith("tunnel: cannot listen on " + address + ": ");
      assertThat(program.nextErrorLine()).startsWith("Choose another address with -L");
    }
    new ServerSocket(free, 1, InetAddress.getLoopbackAddress()).close();
  }

  @Test
  @SuppressWarnings("try") // the test closes a connection early
  void limitsConnectionsPerListener() throws Exception {
    try (Program program =
        program()
            .start(
                "--max-connections=1",
                "--device",
                ONE,
                "-L=:0=127.0.0.1:80",
                "-L=:0=127.0.0.1:22")) {
      String first = address(program.nextLine());
      String second = address(program.nextLine());
      try (Socket open = connect(first);
          Socket waiting = connect(first);
          Socket elsewhere = connect(second)) {
        assertThat(open.getInputStream().read()).isNotNegative();
        assertThat(elsewhere.getInputStream().read()).isNotNegative();
        assertThat(program.nextErrorLine()).contains("has reached its limit of ");
        open.close();
        assertThat(waiting.getInputStream().read()).isNotNegative();
      }
    }
  }

  private Program program() {
    return new Program()
        .variable("TUNNEL_CLOUD_URI", cloud.uri())
        .variable("TUNNEL_API_KEY", "ak_test");
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static void assertTunnelsTo(String service, String line) throws IOException {
    assertThat(line).endsWith(" -> " + service);
    try (Socket socket = connect(address(line))) {
      assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8)).isEqualTo(service);
    }
  }
}
