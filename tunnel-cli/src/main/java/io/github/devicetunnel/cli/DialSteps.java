package io.github.devicetunnel.cli;

import io.github.devicetunnel.DialTimings;
import io.github.devicetunnel.ProxySettings;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.internal.text.OneLine;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import okhttp3.Handshake;
import org.jspecify.annotations.Nullable;

/** Describes a completed dial step by step. */
final class DialSteps {
  private final DialRecord record;
  private final @Nullable ProxySettings proxy;

  DialSteps(TunnelClient client, DialRecord record) {
    this.record = record;
    this.proxy = client.proxy().orElse(null);
  }

  /** Returns the steps of a successful dial. */
  List<CheckStep> all() {
    DialTimings timings = Objects.requireNonNull(record.timings());
    return List.of(
        taken(timings.dns())
            ? CheckStep.ok("dns", timings.dns(), addresses())
            : CheckStep.skipped("dns", "no host name to resolve"),
        taken(timings.connect())
            ? CheckStep.ok("tcp", timings.connect(), peer())
            : CheckStep.skipped("tcp", "reused an open connection"),
        taken(timings.tls())
            ? CheckStep.ok("tls", timings.tls(), tls())
            : CheckStep.skipped("tls", "ws connections are not encrypted"),
        CheckStep.ok("upgrade", timings.upgrade(), "the cloud accepted the tunnel"));
  }

  /** Returns the steps of a failed dial: the successful steps, then the step that failed. */
  List<CheckStep> until(IOException failure) {
    String message = String.valueOf(failure.getMessage());
    DialTimings timings = record.timings();
    if (timings == null) {
      return List.of(CheckStep.failed("upgrade", null, message, null));
    }
    int last = lastTaken(timings);
    List<CheckStep> steps = new ArrayList<>(all().subList(0, last));
    CheckStep began = all().get(last);
    steps.add(CheckStep.failed(began.name(), began.time(), message, null));
    return steps;
  }

  /** Returns the index of the last step that was started. Other steps have no time. */
  private static int lastTaken(DialTimings timings) {
    if (taken(timings.upgrade())) {
      return 3;
    }
    if (taken(timings.tls())) {
      return 2;
    }
    return taken(timings.connect()) ? 1 : 0;
  }

  private static boolean taken(@Nullable Duration time) {
    return time != null;
  }

  private String addresses() {
    return record.addresses().stream()
        .map(InetAddress::getHostAddress)
        .collect(Collectors.joining(", "));
  }

  private String peer() {
    if (proxy != null) {
      return "through the proxy " + proxy;
    }
    InetSocketAddress address = record.connectedTo();
    return address == null ? "connected" : ListenAddress.text(address);
  }

  private String tls() {
    Handshake handshake = record.handshake();
    if (handshake == null) {
      return "completed";
    }
    List<Certificate> chain = handshake.peerCertificates();
    String version = handshake.tlsVersion().javaName() + ", " + handshake.cipherSuite().javaName();
    return !chain.isEmpty() && chain.get(0) instanceof X509Certificate leaf
        ? version + "; " + describe(leaf) + ", chain of " + chain.size()
        : version;
  }

  /** Describes a certificate. Its names come from the network and may contain any character. */
  private static String describe(X509Certificate certificate) {
    String text =
        "certificate of "
            + certificate.getSubjectX500Principal().getName()
            + ", issued by "
            + certificate.getIssuerX500Principal().getName()
            + ", valid until "
            + certificate.getNotAfter().toInstant();
    return OneLine.printable(text);
  }
}
