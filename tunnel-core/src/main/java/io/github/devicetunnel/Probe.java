package io.github.devicetunnel;

import io.github.devicetunnel.CloseReason.EndedBy;
import io.github.devicetunnel.ProbeReport.Step;
import io.github.devicetunnel.internal.net.DialProgress;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import okhttp3.Handshake;
import org.jspecify.annotations.Nullable;

/** Opens an unopened stream and reports each step of the dial and the first moments after it. */
final class Probe {
  /** Makes the first pong arrive soon. */
  static final Duration PING_INTERVAL = Duration.ofMillis(100);

  private static final Duration MAX_WAIT = Duration.ofSeconds(2);

  private final Target target;
  private final TunnelStream stream;

  /**
   * Creates a probe.
   *
   * @param stream not open yet, with the ping interval {@link #PING_INTERVAL}
   */
  Probe(Target target, TunnelStream stream) {
    this.target = target;
    this.stream = stream;
  }

  /**
   * Runs the probe on the calling thread, and closes the stream.
   *
   * @throws InterruptedIOException if the thread is interrupted; its interrupt status stays set
   */
  ProbeReport run() throws InterruptedIOException {
    try (stream) {
      stream.life().open();
      awaitPong();
    } catch (InterruptedIOException e) {
      throw e;
    } catch (IOException e) {
      return report(dialStep(), e, null);
    }
    CloseReason reason = stream.whenClosed().toCompletableFuture().join();
    boolean ended = reason.endedBy() != EndedBy.LOCAL;
    boolean failed = ended && !(reason.isOrderly() && reason.bytesDown() > 0);
    return report(failed ? Step.SERVICE : null, null, ended ? reason : null);
  }

  /**
   * Waits for the answer to a ping. Also detects an absent service, whose tunnel ends at about the
   * same time. See docs/rationale/command-line.md.
   */
  private void awaitPong() throws IOException {
    stream.setReadTimeout(PING_INTERVAL);
    byte[] buffer = new byte[4096];
    long deadline = System.nanoTime() + MAX_WAIT.toNanos();
    boolean open = true;
    while (open && stream.stats().roundTrip() == null && System.nanoTime() - deadline < 0) {
      try {
        open = stream.inputStream().read(buffer) >= 0;
      } catch (SocketTimeoutException e) {
        // Expected: most services wait for the client to send first.
      } catch (TunnelException e) {
        open = false;
      }
    }
  }

  private ProbeReport report(
      @Nullable Step failedStep, @Nullable IOException failure, @Nullable CloseReason reason) {
    DialProgress progress = dial().progress();
    Handshake handshake = progress == null ? null : progress.handshake();
    return new ProbeReport(
        target,
        dial().timings(),
        progress == null ? List.of() : progress.addresses(),
        progress == null ? null : progress.remoteAddress(),
        handshake == null ? null : tls(handshake),
        stream.stats().roundTrip(),
        reason,
        failedStep,
        failure);
  }

  private static ProbeReport.Tls tls(Handshake handshake) {
    List<X509Certificate> certificates =
        handshake.peerCertificates().stream()
            .filter(X509Certificate.class::isInstance)
            .map(X509Certificate.class::cast)
            .toList();
    return new ProbeReport.Tls(
        handshake.tlsVersion().javaName(), handshake.cipherSuite().javaName(), certificates);
  }

  /** Returns the last step that began before the dial failed. */
  private Step dialStep() {
    DialTimings timings = dial().timings();
    if (timings.upgrade() != null) {
      return Step.UPGRADE;
    }
    if (timings.tls() != null) {
      return Step.TLS;
    }
    if (timings.connect() != null) {
      return Step.CONNECT;
    }
    return dial().progress() == null ? Step.CREDENTIAL : Step.DNS;
  }

  private Dial dial() {
    return stream.life().dial();
  }
}
