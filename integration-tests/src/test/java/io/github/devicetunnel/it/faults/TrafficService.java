package io.github.devicetunnel.it.faults;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.devicetunnel.it.support.Digest;
import io.github.devicetunnel.it.support.GatewayService;
import io.github.devicetunnel.it.support.RandomBytes;
import io.github.devicetunnel.it.support.Upload;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;

/**
 * A service that generates the {@link Traffic} that the client requests in nine bytes, its code and
 * a count. Before the request it answers probes, which show the client that the tunnel is open.
 */
final class TrafficService extends GatewayService {
  static final int PROBE = '?';

  private TrafficService() throws IOException {}

  static TrafficService started() throws IOException {
    TrafficService service = new TrafficService();
    service.start();
    return service;
  }

  @Override
  protected void serve(Socket socket) throws Exception {
    // Resets the connection after a failure, so that missing bytes do not look like a normal end.
    socket.setSoLinger(true, 0);
    play(new DataInputStream(socket.getInputStream()), socket.getOutputStream());
    socket.setSoLinger(false, 0);
  }

  private static void play(DataInputStream in, OutputStream out) throws Exception {
    int first = in.readByte();
    while (first == PROBE) {
      out.write(PROBE);
      first = in.readByte();
    }
    Traffic traffic = Traffic.of(first);
    long count = in.readLong();
    switch (traffic) {
      case IDLE -> echo(in, out);
      case DOWNLOAD -> new RandomBytes(Traffic.DOWN_SEED, count).transferTo(out);
      case UPLOAD -> confirm(out, Digest.of(in, count), count);
      case BOTH -> {
        Upload download = Upload.start(out, Traffic.DOWN_SEED, count);
        Digest digest = Digest.of(in, count);
        download.await();
        confirm(out, digest, count);
      }
    }
  }

  /**
   * Sends the digest, which confirms that every byte has arrived. The end of the stream confirms
   * the digest.
   */
  private static void confirm(OutputStream out, Digest digest, long count) throws IOException {
    if (digest.count() < count) {
      throw new EOFException(digest.count() + " bytes have come of " + count);
    }
    out.write(digest.sha256().getBytes(US_ASCII));
  }

  private static void echo(InputStream in, OutputStream out) throws IOException {
    for (int b = in.read(); b >= 0; b = in.read()) {
      out.write(b);
    }
  }
}
