package io.github.devicetunnel.cli.check;

import io.github.devicetunnel.CloseReason;
import io.github.devicetunnel.DialTimings;
import io.github.devicetunnel.ProbeReport;
import io.github.devicetunnel.ProbeReport.Step;
import io.github.devicetunnel.ProxySettings;
import io.github.devicetunnel.cli.listen.ListenAddress;
import io.github.devicetunnel.internal.text.OneLine;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Describes the steps of a probe, up to the one that failed. */
final class ProbeSteps {
  private final ProbeReport report;
  private final @Nullable ProxySettings proxy;

  private ProbeSteps(ProbeReport report, @Nullable ProxySettings proxy) {
    this.report = report;
    this.proxy = proxy;
  }

  /**
   * Returns the steps in their order.
   *
   * @param proxy the proxy to the cloud, or null
   */
  static List<CheckStep> of(ProbeReport report, @Nullable ProxySettings proxy) {
    return new ProbeSteps(report, proxy).all();
  }

  private List<CheckStep> all() {
    List<CheckStep> steps = new ArrayList<>();
    for (Step step : Step.values()) {
      if (step == report.failedStep()) {
        steps.add(failed(step));
        return steps;
      }
      steps.add(succeeded(step));
    }
    return steps;
  }

  private CheckStep succeeded(Step step) {
    DialTimings timings = report.timings();
    return switch (step) {
      case CREDENTIAL -> CheckStep.ok("credential", credentialTime(), "available, not expired");
      case DNS ->
          timings.dns() != null
              ? CheckStep.ok("dns", timings.dns(), addresses())
              : CheckStep.skipped("dns", "no host name to resolve");
      case CONNECT ->
          timings.connect() != null
              ? CheckStep.ok("tcp", timings.connect(), peer())
              : CheckStep.skipped("tcp", "reused an open connection");
      case TLS ->
          timings.tls() != null
              ? CheckStep.ok("tls", timings.tls(), tls())
              : CheckStep.skipped("tls", "ws connections are not encrypted");
      case UPGRADE -> CheckStep.ok("upgrade", timings.upgrade(), "the cloud accepted the tunnel");
      case SERVICE -> open();
    };
  }

  /** Describes the open tunnel: the end by the service, or the ping. */
  private CheckStep open() {
    CloseReason reason = report.closeReason();
    if (reason != null) {
      return CheckStep.ok(
          "service",
          reason.duration(),
          "the service sent " + reason.bytesDown() + " bytes and closed the connection");
    }
    return report.roundTrip() == null
        ? CheckStep.skipped("ping", "no answer within 2 s; the tunnel is open")
        : CheckStep.ok("ping", report.roundTrip(), "round trip to the cloud");
  }

  private CheckStep failed(Step step) {
    DialTimings timings = report.timings();
    return switch (step) {
      case CREDENTIAL ->
          CheckStep.failed(
              "credential",
              credentialTime(),
              message(),
              "request a new token for this device and service");
      case DNS -> CheckStep.failed("dns", timings.dns(), message(), null);
      case CONNECT -> CheckStep.failed("tcp", timings.connect(), message(), null);
      case TLS -> CheckStep.failed("tls", timings.tls(), message(), null);
      case UPGRADE -> CheckStep.failed("upgrade", timings.upgrade(), message(), null);
      case SERVICE -> ended(Objects.requireNonNull(report.closeReason()));
    };
  }

  private static CheckStep ended(CloseReason reason) {
    String advice = "check on the gateway that the service is running and listens on this address";
    return CheckStep.failed(
        "service", reason.duration(), reason.message(), reason.isOrderly() ? advice : null);
  }

  private String message() {
    return String.valueOf(Objects.requireNonNull(report.failure()).getMessage());
  }

  private Duration credentialTime() {
    return Objects.requireNonNullElse(report.timings().credential(), Duration.ZERO);
  }

  private String addresses() {
    return report.addresses().stream()
        .map(InetAddress::getHostAddress)
        .collect(Collectors.joining(", "));
  }

  private String peer() {
    if (proxy != null) {
      return "through the proxy " + proxy;
    }
    InetSocketAddress address = report.remoteAddress();
    return address == null ? "connected" : ListenAddress.text(address);
  }

  private String tls() {
    ProbeReport.Tls tls = report.tls();
    if (tls == null) {
      return "completed";
    }
    String version = tls.version() + ", " + tls.cipherSuite();
    List<X509Certificate> chain = tls.certificates();
    return chain.isEmpty()
        ? version
        : version + "; " + describe(chain.get(0)) + ", chain of " + chain.size();
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
