package io.github.devicetunnel.it;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;

/** The bytes that came on one connection, and how its input ended. */
record Received(Digest bytes, End end) {
  enum End {
    END_OF_STREAM,
    RESET
  }

  /** Reads to the end, whichever it is. */
  static Received from(Socket socket) throws IOException {
    return from(socket.getInputStream());
  }

  /** As {@link #from(Socket)}. */
  static Received from(InputStream in) {
    EndInput input = new EndInput(in);
    Digest bytes = Digest.of(input);
    return new Received(bytes, input.end);
  }

  static Received of(String text, End end) {
    return new Received(Digest.of(new ByteArrayInputStream(text.getBytes(US_ASCII))), end);
  }

  /** Turns a reset into the end of the stream, and remembers which of them it was. */
  private static final class EndInput extends FilterInputStream {
    private End end = End.END_OF_STREAM;

    EndInput(InputStream in) {
      super(in);
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      try {
        return super.read(bytes, offset, length);
      } catch (IOException e) {
        if (!String.valueOf(e.getMessage()).contains("reset")) {
          throw e;
        }
        end = End.RESET;
        return -1;
      }
    }
  }
}
