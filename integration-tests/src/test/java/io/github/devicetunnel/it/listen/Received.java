package io.github.devicetunnel.it.listen;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.devicetunnel.it.support.Digest;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;

/** The bytes that arrived on one connection, and how its input ended. */
record Received(Digest bytes, End end) {
  enum End {
    END_OF_STREAM,
    RESET
  }

  /** Reads until the stream ends or the connection is reset. */
  static Received from(Socket socket) throws IOException {
    return from(socket.getInputStream());
  }

  /** Same as {@link #from(Socket)}. */
  static Received from(InputStream in) {
    EndInput input = new EndInput(in);
    Digest bytes = Digest.of(input);
    return new Received(bytes, input.end);
  }

  static Received of(String text, End end) {
    return new Received(Digest.of(new ByteArrayInputStream(text.getBytes(US_ASCII))), end);
  }

  /** Turns a reset into an end of stream, and records which of the two occurred. */
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
