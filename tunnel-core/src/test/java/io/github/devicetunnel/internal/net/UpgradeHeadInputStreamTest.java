package io.github.devicetunnel.internal.net;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks that only the head of an expected answer is changed for OkHttp. */
class UpgradeHeadInputStreamTest {
  private static final String SWITCHING = "HTTP/1.1 101 Switching Protocols\r\n";
  private static final String FRAMES = "\u0082\u0003abc\r\n\r\nConnection: x, Upgrade\r\n\r\n";

  /** Returns a stream whose reads return at most {@code piece} bytes, as a network may. */
  private static InputStream network(String text, int piece) {
    return new ByteArrayInputStream(text.getBytes(ISO_8859_1)) {
      @Override
      public int read(byte[] bytes, int offset, int length) {
        return super.read(bytes, offset, Math.min(length, piece));
      }
    };
  }

  private static String filter(String text, int piece) throws IOException {
    UpgradeHeadInputStream input = new UpgradeHeadInputStream(network(text, piece));
    input.expectAnswer();
    return new String(input.readAllBytes(), ISO_8859_1);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 50, 8 << 10})
  void replacesConnectionListByUpgrade(int piece) throws IOException {
    String start = SWITCHING + "Upgrade: websocket\r\n";
    String end = "X: y\r\n\r\n" + FRAMES;
    assertThat(filter(start + "Connection: keep-alive, Upgrade\r\n" + end, piece))
        .isEqualTo(start + "Connection:Upgrade\n" + end);
    assertThat(filter(start + "Connection: Upgrade\r\nconnection:x\r\n" + end, piece))
        .isEqualTo(start + "Connection:Upgrade\n" + end);
    assertThat(filter(start.replace("\r", "") + "Connection:upgrade\n\n" + FRAMES, piece))
        .isEqualTo(start.replace("\r", "") + "Connection:Upgrade\n\n" + FRAMES);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 8 << 10})
  void keepsInterimResponses(int piece) throws IOException {
    String hints = "HTTP/1.1 103 Early Hints\r\nConnection: a, upgrade\r\n\r\n";
    assertThat(filter(hints + hints + SWITCHING + "Connection: a,upgrade\r\n\r\n" + FRAMES, piece))
        .isEqualTo(hints + hints + SWITCHING + "Connection:Upgrade\n\r\n" + FRAMES);
  }

  @ParameterizedTest
  @CsvSource({
    "HTTP/1.1 404 Not Found",
    "HTTP/1.1 200 OK",
    "HTTP/1.1 1010 Odd",
    "HTTP/2 101",
    "SSH-2.0-OpenSSH_9.2",
    "''"
  })
  void keepsOtherAnswers(String statusLine) throws IOException {
    String text = statusLine + "\r\nConnection: keep-alive, Upgrade\r\n\r\n" + FRAMES;
    assertThat(filter(text, 3)).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Connection: keep-alive\r\n",
        "Connection: upgraded\r\n",
        "Connection: keep-alive,\r\n Upgrade\r\n",
        "X-Connection: a, Upgrade\r\n"
      })
  void keepsUnrecognizedHeads(String fields) throws IOException {
    String text = SWITCHING + fields + "\r\n" + FRAMES;
    assertThat(filter(text, 4)).isEqualTo(text);
  }

  @Test
  void earlyEndLosesNoBytes() throws IOException {
    String text = SWITCHING + "Connection: keep-alive, Upgr";
    assertThat(filter(text, 5)).isEqualTo(text);
    assertThat(filter("", 5)).isEmpty();
  }

  @Test
  void keepsLongHead() throws IOException {
    String text = SWITCHING + "X: " + "y".repeat(200_000) + "\r\nConnection: a, upgrade\r\n\r\n";
    assertThat(filter(text, 8 << 10)).isEqualTo(text);
  }

  @Test
  void changesOnlyExpectedAnswer() throws IOException {
    String text = SWITCHING + "Connection: keep-alive, Upgrade\r\n\r\n";
    UpgradeHeadInputStream input = new UpgradeHeadInputStream(network(text + text, text.length()));
    assertThat(new String(input.readNBytes(text.length()), ISO_8859_1)).isEqualTo(text);
    input.expectAnswer();
    assertThat(new String(input.readAllBytes(), ISO_8859_1))
        .isEqualTo(SWITCHING + "Connection:Upgrade\n\r\n");
  }

  @Test
  void timeoutLosesNoBytes() throws IOException {
    String text = SWITCHING + "Connection: keep-alive, Upgrade\r\n\r\n" + FRAMES;
    InputStream network = network(text, 1);
    InputStream slow =
        new BulkInputStream() {
          private boolean late;

          @Override
          public int read(byte[] bytes, int offset, int length) throws IOException {
            late = !late;
            if (late) {
              throw new SocketTimeoutException("Read timed out");
            }
            return network.read(bytes, offset, length);
          }
        };
    UpgradeHeadInputStream input = new UpgradeHeadInputStream(slow);
    input.expectAnswer();
    StringBuilder read = new StringBuilder();
    for (int next = 0; next >= 0; ) {
      try {
        next = input.read();
        read.append(next < 0 ? "" : String.valueOf((char) next));
      } catch (SocketTimeoutException e) {
        // The next read continues.
      }
    }
    assertThat(read).hasToString(SWITCHING + "Connection:Upgrade\n\r\n" + FRAMES);
  }
}
