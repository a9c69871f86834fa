package io.github.devicetunnel;

import static io.github.devicetunnel.internal.text.CertificateText.name;
import static java.util.Objects.requireNonNull;

import io.github.devicetunnel.internal.text.CertificateText;
import io.github.devicetunnel.internal.tls.TlsPeer;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.security.Principal;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Collectors;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import okhttp3.CertificatePinner;
import org.jspecify.annotations.Nullable;

/**
 * Describes a TLS failure: the host, what it presented, and what was expected.
 *
 * @param tls null if an application's {@code OkHttpClient} handles trust
 */
record TlsFailure(String host, @Nullable TlsSettings tls, TlsPeer peer, IOException failure) {
  private static final String ALERT = "Received fatal alert: ";
  private static final String NO_PATH = "unable to find valid certification path";
  private static final String OTHER_KEY = "signature check failed";

  /** Returns the description, or null if the failure is not about TLS. */
  @Nullable String describe() {
    if (failure instanceof SSLPeerUnverifiedException) {
      return unverified();
    }
    if (cause(CertificateException.class) != null) {
      return untrusted();
    }
    if (peer.requestedIssuers() != null && (isAboutCertificate() || isMissingClientCertificate())) {
      return clientCertificate(peer.requestedIssuers());
    }
    return failure instanceof SSLException ? handshake() : null;
  }

  /** Describes a host name or pin that OkHttp rejected after a successful handshake. */
  private String unverified() {
    List<X509Certificate> chain = peer.certificates();
    if (chain.isEmpty() || tls == null) {
      return oneLine(failure);
    }
    if (oneLine(failure).startsWith("Hostname")) {
      return host
          + " presented a certificate for another host: "
          + CertificateText.of(chain.get(0))
          + "; check the host of the cloud URI";
    }
    String presented =
        chain.stream()
            .map(one -> name(one.getSubjectX500Principal()) + " " + CertificatePinner.pin(one))
            .collect(Collectors.joining(", "));
    String expected = String.join(" or ", tls.pins(host));
    return host
        + " presented none of the pinned keys: "
        + presented
        + ", expected "
        + expected
        + "; if its operator replaced the key, pin the new one";
  }

  private String untrusted() {
    List<X509Certificate> chain = peer.certificates();
    if (chain.isEmpty() || tls == null) {
      return "the certificate of " + host + " is not trusted: " + oneLine(failure);
    }
    Instant now = Instant.now();
    for (X509Certificate certificate : chain) {
      if (now.isAfter(certificate.getNotAfter().toInstant())
          && cause(CertificateExpiredException.class) != null) {
        return host
            + " presented a certificate that has expired: "
            + CertificateText.of(certificate)
            + "; ask its administrator to renew it";
      }
      if (now.isBefore(certificate.getNotBefore().toInstant())
          && cause(CertificateNotYetValidException.class) != null) {
        return host
            + " presented a certificate that is not valid yet: "
            + CertificateText.of(certificate)
            + "; check the clock of this machine, which shows "
            + now.truncatedTo(ChronoUnit.SECONDS);
      }
    }
    boolean otherKey = oneLine(failure).contains(OTHER_KEY);
    return otherKey || oneLine(failure).contains(NO_PATH)
        ? withoutPath(chain, otherKey)
        : ruleViolation(chain);
  }

  /**
   * Describes a certificate without a chain to a trusted CA.
   *
   * @param otherKey whether a trusted CA has the name of the issuer, but another key
   */
  private String withoutPath(List<X509Certificate> chain, boolean otherKey) {
    X509Certificate last = chain.get(chain.size() - 1);
    Principal issuer = last.getIssuerX500Principal();
    boolean complete = issuer.equals(last.getSubjectX500Principal());
    return host
        + " presented a certificate of an untrusted authority ("
        + name(issuer)
        + (otherKey ? ", whose trusted certificate has another key" : "")
        + "): "
        + CertificateText.of(chain.get(0))
        + " (trusted: "
        + requireNonNull(tls).trusted()
        + "); if the authority is yours, trust its certificate too"
        + (complete
            ? ""
            : "; if it is an intermediate authority, the server must send its certificate too");
  }

  /** Describes a chain to a trusted CA in which a certificate violates a rule. */
  private String ruleViolation(List<X509Certificate> chain) {
    String message = oneLine(failure);
    boolean forServers = !message.contains("TLS server authentication");
    return host
        + " presented a certificate that "
        + (forServers ? "is not acceptable" : "was not issued for TLS servers")
        + " ("
        + message
        + "): "
        + CertificateText.of(chain.get(0))
        + (forServers
            ? "; ask its administrator to replace it"
            : "; ask its administrator for one with the extended key usage serverAuth"
                + " (RFC 5280 section 4.2.1.12)");
  }

  private boolean isAboutCertificate() {
    String alert = alert();
    return alert != null
        && (alert.contains("certificate")
            || alert.equals("unknown_ca")
            || alert.equals("access_denied")
            || alert.equals("handshake_failure"));
  }

  /**
   * Returns whether the server probably rejected the missing client certificate. In TLS 1.3 the
   * alert follows the handshake, and a reset may overtake it.
   */
  private boolean isMissingClientCertificate() {
    return !peer.presentedClientCertificate() && !(failure instanceof InterruptedIOException);
  }

  private @Nullable String alert() {
    String message = oneLine(failure);
    int at = message.indexOf(ALERT);
    return at < 0 ? null : message.substring(at + ALERT.length()).replaceFirst("[^a-z_].*", "");
  }

  private String clientCertificate(List<Principal> issuers) {
    String issuer =
        issuers.isEmpty()
            ? ""
            : " issued by "
                + issuers.stream()
                    .limit(CertificateText.MAX_NAMES)
                    .map(CertificateText::name)
                    .collect(Collectors.joining(" or "));
    X509Certificate configured = tls == null ? null : tls.clientCertificate();
    String answer =
        configured == null
            ? ", but none is set; set one"
            : (peer.presentedClientCertificate()
                    ? ", but rejected "
                    : ", but the configured one is ")
                + CertificateText.of(configured)
                + "; set one that it accepts";
    return host
        + " requires a client certificate"
        + issuer
        + answer
        + " ("
        + oneLine(failure)
        + ")";
  }

  private @Nullable String handshake() {
    String message = oneLine(failure);
    String alert = alert();
    if ("protocol_version".equals(alert) || message.contains("is not accepted by client")) {
      return host
          + " supports neither TLS 1.2 nor TLS 1.3 ("
          + message
          + "); ask its administrator to update it";
    }
    if (message.contains("Unsupported or unrecognized SSL message")) {
      return host + " does not use TLS on this port; check the port, or use ws instead of wss";
    }
    if (message.contains("trustAnchors parameter must be non-empty")) {
      return "the trust store of this Java installation is empty; install a package of CA"
          + " certificates, such as ca-certificates-java";
    }
    return alert == null ? null : alertText(alert, message);
  }

  /**
   * Describes alerts of RFC 8446 section 6.2. For an unknown host name, some servers send {@code
   * internal_error} instead of {@code unrecognized_name}.
   */
  private @Nullable String alertText(String alert, String message) {
    return switch (alert) {
      case "unrecognized_name", "internal_error" ->
          host
              + " probably has no certificate for this host name ("
              + message
              + "); check the host of the cloud URI";
      case "handshake_failure", "insufficient_security" ->
          host
              + " accepts none of the cipher suites of this JVM ("
              + message
              + "); ask its administrator to update its TLS configuration";
      default -> null;
    };
  }

  private <T extends Throwable> @Nullable T cause(Class<T> type) {
    for (Throwable e = failure; e != null; e = e.getCause()) {
      if (type.isInstance(e)) {
        return type.cast(e);
      }
    }
    return null;
  }

  /** Returns the message as one line, without the alert name that newer Java versions prepend. */
  private static String oneLine(Throwable e) {
    String message = String.valueOf(e.getMessage()).replaceAll("\\s+", " ").strip();
    return message.replaceFirst("^\\([a-z_]+\\) ", "");
  }
}
