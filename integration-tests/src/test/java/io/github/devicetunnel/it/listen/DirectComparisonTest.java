package io.github.devicetunnel.it.listen;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.it.listen.DirectAndTunnel.LocalProgram;
import io.github.devicetunnel.it.listen.Received.End;
import io.github.devicetunnel.it.support.Await;
import io.github.devicetunnel.it.support.CloudKind;
import io.github.devicetunnel.it.support.Digest;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.LocalEnd;
import io.github.devicetunnel.it.support.RandomBytes;
import io.github.devicetunnel.it.support.Service;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A local program receives the same bytes and the same kind of end on a direct connection and
 * through a tunnel.
 */
@EnabledOnOs(OS.LINUX)
final class DirectComparisonTest {
  private static final String BANNER = "220 controller 4 ready\r\n";
  private static final int COUNT = 3_000_000;

  /** Capacity of the buffers of two local connections, with a margin. */
  private static final long MAX_BUFFERED = 17 << 20;

  @RegisterExtension final Leaks leaks = new Leaks();

  private static LocalProgram<Received> reader() {
    return address -> {
      try (Socket socket = LocalEnd.connect(address)) {
        return Received.from(socket);
      }
    };
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(US_ASCII));
  }

  private static String read(Socket socket, int count) throws IOException {
    return new String(socket.getInputStream().readNBytes(count), US_ASCII);
  }

  /** Pauses for a fixed time. */
  private static void pause(long millis) throws InterruptedException {
    boolean unused = new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS);
  }

  @Test
  void bannerArrivesBeforeServiceClose() throws Exception {
    try (Service service = Service.started(socket -> write(socket, BANNER))) {
      DirectAndTunnel.run(EnumSet.allOf(CloudKind.class), service.address(), reader())
          .assertAll(Received.of(BANNER, End.END_OF_STREAM));
      assertThat(service.failures()).isEmpty();
    }
  }

  @Test
  void immediateServiceCloseIsEndOfStream() throws Exception {
    try (Service service = Service.started(socket -> {})) {
      DirectAndTunnel.run(service.address(), reader())
          .assertAll(Received.of("", End.END_OF_STREAM));
    }
  }

  private static Service sendingService(int count) throws IOException {
    return Service.started(
        socket -> new RandomBytes(5, count).transferTo(socket.getOutputStream()));
  }

  @Test
  void lateReaderReceivesAllBytes() throws Exception {
    try (Service service = sendingService(COUNT)) {
      DirectAndTunnel.run(service.address(), lateReader(400))
          .assertAll(new Received(RandomBytes.digest(5, COUNT), End.END_OF_STREAM));
      assertThat(service.failures()).isEmpty();
    }
  }

  /** Reads later than a listener waits for the local program to close. */
  @Test
  void veryLateReaderReceivesAllBytes() throws Exception {
    int count = 1_000_000;
    try (Service service = sendingService(count)) {
      DirectAndTunnel.run(EnumSet.of(CloudKind.NODE), service.address(), lateReader(2_500))
          .assertAll(new Received(RandomBytes.digest(5, count), End.END_OF_STREAM));
    }
  }

  private static LocalProgram<Received> lateReader(long millis) {
    return address -> {
      try (Socket socket = LocalEnd.connect(address)) {
        pause(millis);
        return Received.from(socket);
      }
    };
  }

  @Test
  void slowReaderReceivesAllBytes() throws Exception {
    LocalProgram<Received> slow =
        address -> {
          try (Socket socket = LocalEnd.connect(address)) {
            socket.setReceiveBufferSize(64 << 10);
            return Received.from(new SlowInput(socket.getInputStream()));
          }
        };
    try (Service service = sendingService(COUNT)) {
      DirectAndTunnel.run(service.address(), slow)
          .assertAll(new Received(RandomBytes.digest(5, COUNT), End.END_OF_STREAM));
      assertThat(service.failures()).isEmpty();
    }
  }

  /** Pauses before each block. */
  private static final class SlowInput extends InputStream {
    private final InputStream in;

    SlowInput(InputStream in) {
      this.in = in;
    }

    @Override
    public int read() throws IOException {
      return in.read();
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      try {
        pause(5);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException(e);
      }
      return in.read(bytes, offset, length);
    }
  }

  @Test
  void sequentialServiceAnswersEachConnection() throws Exception {
    Service.Script answerAndAwaitEnd =
        socket -> {
          write(socket, "reply to " + read(socket, 1));
          assertThat(socket.getInputStream().read()).isEqualTo(-1);
        };
    LocalProgram<List<String>> threeRequests =
        address -> {
          List<String> replies = new ArrayList<>();
          for (int i = 0; i < 3; i++) {
            try (Socket socket = LocalEnd.connect(address)) {
              write(socket, Integer.toString(i));
              replies.add(read(socket, "reply to 0".length()));
            }
          }
          return replies;
        };
    try (SequentialService service = SequentialService.started(answerAndAwaitEnd)) {
      DirectAndTunnel.run(service.address(), threeRequests)
          .assertAll(List.of("reply to 0", "reply to 1", "reply to 2"));
      assertThat(service.failures()).isEmpty();
    }
  }

  @Test
  void writesAfterServiceCloseFailSoon() throws Exception {
    LocalProgram<Writes> keepWriting =
        address -> {
          try (Socket socket = LocalEnd.connect(address)) {
            assertThat(Received.from(socket)).isEqualTo(Received.of(BANNER, End.END_OF_STREAM));
            return Writes.untilFailure(socket.getOutputStream());
          }
        };
    try (Service service = Service.started(socket -> write(socket, BANNER))) {
      for (Writes each : DirectAndTunnel.run(service.address(), keepWriting).all()) {
        assertThat(each.bytes()).isLessThan(MAX_BUFFERED);
        assertThat(each.time()).isLessThan(Await.LONG);
      }
    }
  }

  @Test
  void serviceResetReachesLocalProgram() throws Exception {
    LocalProgram<Received> request =
        address -> {
          try (Socket socket = LocalEnd.connect(address)) {
            assertThat(read(socket, BANNER.length())).isEqualTo(BANNER);
            write(socket, "x");
            return Received.from(socket);
          }
        };
    Service.Script sendAndReset =
        socket -> {
          write(socket, BANNER);
          assertThat(read(socket, 1)).isEqualTo("x");
          LocalEnd.reset(socket);
        };
    try (Service service = Service.started(sendAndReset)) {
      DirectAndTunnel.run(service.address(), request).assertAll(Received.of("", End.RESET));
      assertThat(service.failures()).isEmpty();
    }
  }

  /** The connection of the service ends, after all bytes sent before the reset. */
  @Test
  void localResetEndsServiceConnection() throws Exception {
    BlockingQueue<Digest> received = new LinkedBlockingQueue<>();
    Service.Script readToEnd =
        socket -> {
          write(socket, read(socket, 8));
          received.add(Received.from(socket).bytes());
        };
    LocalProgram<Digest> reset =
        address -> {
          try (Socket socket = LocalEnd.connect(address)) {
            write(socket, "question");
            assertThat(read(socket, 8)).isEqualTo("question");
            LocalEnd.reset(socket);
          }
          return Await.next(received);
        };
    try (Service service = Service.started(readToEnd)) {
      DirectAndTunnel.run(service.address(), reset).assertAll(Received.of("", End.RESET).bytes());
      assertThat(service.failures()).isEmpty();
    }
  }

  /** Bytes that a program wrote before it closed arrive, even without a reply. */
  @Test
  void bytesWrittenBeforeLocalCloseArrive() throws Exception {
    BlockingQueue<Received> received = new LinkedBlockingQueue<>();
    LocalProgram<Received> writeAndClose =
        address -> {
          try (Socket socket = LocalEnd.connect(address)) {
            new RandomBytes(6, COUNT).transferTo(socket.getOutputStream());
          }
          return Await.next(received);
        };
    try (Service service = Service.started(socket -> received.add(Received.from(socket)))) {
      DirectAndTunnel.run(service.address(), writeAndClose)
          .assertAll(new Received(RandomBytes.digest(6, COUNT), End.END_OF_STREAM));
      assertThat(service.failures()).isEmpty();
    }
  }

  /** A dialogue whose last line is a reply of the service. */
  @Test
  void lineDialogueEndsWithServiceReply() throws Exception {
    List<String> requests = List.of("USER plant", "PASS anything", "PWD", "NOOP", "QUIT");
    BlockingQueue<List<String>> received = new LinkedBlockingQueue<>();
    LocalProgram<List<String>> dialogue =
        address -> {
          try (Socket socket = LocalEnd.connect(address)) {
            List<String> replies = new ArrayList<>(List.of(FtpScript.readReply(socket)));
            for (String line : requests) {
              write(socket, line + "\r\n");
              replies.add(FtpScript.readReply(socket));
            }
            assertThat(Received.from(socket)).isEqualTo(Received.of("", End.END_OF_STREAM));
            assertThat(Await.next(received)).isEqualTo(requests);
            return replies;
          }
        };
    try (Service service = Service.started(new FtpScript(received))) {
      DirectAndTunnel.run(service.address(), dialogue).assertAll(FtpScript.REPLIES);
      assertThat(service.failures()).isEmpty();
    }
  }
}
