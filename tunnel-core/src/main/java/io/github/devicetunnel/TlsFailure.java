package io.github.devicetunnel;

import io.github.devicetunnel.websocket.TlsPeer;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.security.Principal;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import okhttp3.CertificatePinner;
import org.jspecify.annotations.Nullable;

/**
 * Words for TLS that failed: whose, what was presented, what was expected.
 *
 * @param tls null where it is the business of an application's OkHttpClient
 */
record TlsFailure(String host, @Nullable TlsSettings tls, TlsPeer peer, IOException failure) {
  private static final int GENERAL_NAME_DNS = 2;
  private static final int GENERAL_NAME_IP = 7;
  private static final int MOST_NAMES = 10;
  private static final String ALERT = "Received fatal alert: ";

  /** Null when it was not TLS that failed. */
  @Nullable String describe() {
    if (failure instanceof SSLPeerUnverifiedException) {
      return unverified();
    }
    if (cause(CertificateException.class) != null) {
      return untrusted();
    }
    if (peer.wantedIssuers() != null && (isAboutCertificate() || wasSentAwayWithoutOne())) {
      return clientCertificate(peer.wantedIssuers());
    }
    return failure instanceof SSLException ? handshake() : null;
  }

  /** The handshake itself went well, but OkHttp refused the name, or the key. */
  private String unverified() {
    List<X509Certificate> chain = peer.certificates();
    if (chain.isEmpty() || tls == null) {
      return oneLine(failure);
    }
    if (oneLine(failure).startsWith("Hostname")) {
      return host
          + " presented the certificate of somebody else: "
          + describe(chain.get(0))
          + "; expected one for "
          + host
          + ": check the cloud URI";
    }
    String presented =
        chain.stream()
            .map(one -> name(one.getSubjectX500Principal()) + " " + CertificatePinner.pin(one))
            .collect(Collectors.joining(", "));
    String expected = String.join(" or ", tls.pins(host));
    return host
        + " presented none of the pinned keys: "
        + presented
        + "; expected "
        + expected
        + ": if it has a new key, pin that";
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
            + describe(certificate)
            + "; who runs it must renew it";
      }
      if (now.isBefore(certificate.getNotBefore().toInstant())
          && cause(CertificateNotYetValidException.class) != null) {
        return host
            + " presented a certificate that is not valid yet: "
            + describe(certificate)
            + "; the clock of this machine says "
            + now.truncatedTo(ChronoUnit.SECONDS)
            + ": is it right?";
      }
    }
    Principal issuer = chain.get(chain.size() - 1).getIssuerX500Principal();
    return host
        + " presented a certificate of an authority that is not trusted ("
        + name(issuer)
        + "): "
        + describe(chain.get(0))
        + "; trusted are "
        + Objects.requireNonNull(tls).trusted()
        + (oneLine(failure).contains("unable to find valid certification path")
            ? ""
            : " (" + oneLine(failure) + ")")
        + ": if it is yours, trust it too";
  }

  private boolean isAboutCertificate() {
    String alert = alert();
    return alert != null
        && (alert.contains("certificate")
            || alert.equals("unknown_ca")
            || alert.equals("access_denied")
            || alert.equals("handshake_failure"));
  }

  /** In TLS 1.3 the refusal comes after the handshake, and may be overtaken by a reset. */
  private boolean wasSentAwayWithoutOne() {
    return !peer.wasShownOne() && !(failure instanceof InterruptedIOException);
  }

  private @Nullable String alert() {
    String message = oneLine(failure);
    int at = message.indexOf(ALERT);
    return at < 0 ? null : message.substring(at + ALERT.length()).replaceFirst("[^a-z_].*", "");
  }

  private String clientCertificate(List<Principal> issuers) {
    String whose =
        issuers.isEmpty()
            ? ""
            : " issued by "
                + issuers.stream()
                    .limit(MOST_NAMES)
                    .map(TlsFailure::name)
                    .collect(Collectors.joining(" or "));
    X509Certificate ours = tls == null ? null : tls.clientCertificate();
    String answer =
        ours == null
            ? ", and none is set: set one"
            : (peer.wasShownOne() ? ", and does not take " : ", and the one that is set is ")
                + describe(ours)
                + ": set one that it takes";
    return host + " asks for a client certificate" + whose + answer + " (" + oneLine(failure) + ")";
  }

  private @Nullable String handshake() {
    String message = oneLine(failure);
    if ("protocol_version".equals(alert()) || message.contains("is not accepted by client")) {
      return host
          + " speaks neither TLS 1.2 nor TLS 1.3, and nothing older is accepted ("
          + message
          + "): who runs it must update it";
    }
    if (message.contains("Unsupported or unrecognized SSL message")) {
      return "what listens there does not speak TLS: is it ws rather than wss?";
    }
    return null;
  }

  private <T extends Throwable> @Nullable T cause(Class<T> type) {
    for (Throwable e = failure; e != null; e = e.getCause()) {
      if (type.isInstance(e)) {
        return type.cast(e);
      }
    }
    return null;
  }

  /** Newer Javas put the name of the alert before it. */
  private static String oneLine(Throwable e) {
    String message = String.valueOf(e.getMessage()).replaceAll("\\s+", " ").strip();
    return message.replaceFirst("^\\([a-z_]+\\) ", "");
  }

  /** Names come from the network, and may be anything. */
  private static String name(Principal principal) {
    return Target.shown(principal.getName());
  }

  private static String describe(X509Certificate certificate) {
    Principal subject = certificate.getSubjectX500Principal();
    Principal issuer = certificate.getIssuerX500Principal();
    return name(subject)
        + names(certificate)
        + (issuer.equals(subject) ? ", issued by itself" : ", issued by " + name(issuer))
        + ", valid from "
        + certificate.getNotBefore().toInstant()
        + " to "
        + certificate.getNotAfter().toInstant();
  }

  private static String names(X509Certificate certificate) {
    Collection<List<?>> names;
    try {
      names = certificate.getSubjectAlternativeNames();
    } catch (CertificateParsingException e) {
      return " for names that cannot be read";
    }
    if (names == null) {
      return " for no host";
    }
    return names.stream()
        .filter(name -> List.of(GENERAL_NAME_DNS, GENERAL_NAME_IP).contains(name.get(0)))
        .limit(MOST_NAMES)
        .map(name -> Target.shown(String.valueOf(name.get(1))))
        .collect(Collectors.joining(", ", " for ", ""));
  }
}
