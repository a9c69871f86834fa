package io.github.devicetunnel.internal.proxy;

import io.github.devicetunnel.internal.text.CertificateText;
import io.github.devicetunnel.internal.text.OneLine;
import io.github.devicetunnel.internal.tls.TlsPeer;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/**
 * A failure of TLS to a proxy, described for the user.
 *
 * @param peer what the proxy presented
 */
record ProxyTlsFailure(ProxyServer proxy, TlsPeer peer, IOException failure) {
  private static final List<String> UNTRUSTED =
      List.of("unable to find valid certification path", "signature check failed");

  /**
   * Returns an exception that describes the failure, or null if the failure is not related to TLS.
   */
  @Nullable ProxyException describe() {
    if (failure instanceof SSLPeerUnverifiedException) {
      return rejection(
          "presented a certificate for another host: "
              + certificate()
              + "; check the host of the proxy");
    }
    if (has(CertificateExpiredException.class)) {
      return rejection(
          "presented a certificate that has expired: "
              + certificate()
              + "; ask its administrator to renew it");
    }
    if (has(CertificateNotYetValidException.class)) {
      return rejection(
          "presented a certificate that is not valid yet: "
              + certificate()
              + "; check the clock of this machine");
    }
    if (has(CertificateException.class)) {
      return untrusted();
    }
    if (isAboutClientCertificate()) {
      String what =
          "requests a client certificate and ended the connection without one; use a proxy that"
              + " accepts a user name and password ("
              + oneLine(failure)
              + ")";
      return failure instanceof SSLException ? rejection(what) : proxy.failure(what);
    }
    return failure instanceof SSLException ? handshake() : null;
  }

  private ProxyException untrusted() {
    String reason = oneLine(failure);
    if (!peer.certificates().isEmpty() && UNTRUSTED.stream().noneMatch(reason::contains)) {
      return rejection(
          "presented a certificate that is not acceptable ("
              + reason
              + "): "
              + certificate()
              + "; ask its administrator to replace it");
    }
    return rejection(
        "presented a certificate of an untrusted authority: "
            + certificate()
            + "; if the authority is yours, trust its certificate too");
  }

  /**
   * Returns whether the proxy requested a client certificate and then failed. In TLS 1.3 the alert
   * follows the handshake, and a reset may overtake it.
   */
  private boolean isAboutClientCertificate() {
    return peer.requestedIssuers() != null && !(failure instanceof InterruptedIOException);
  }

  private ProxyException handshake() {
    String reason = oneLine(failure);
    if (reason.contains("Unsupported or unrecognized SSL message")) {
      return rejection("does not use TLS; use http:// for the proxy");
    }
    if (reason.contains("protocol_version") || reason.contains("is not accepted by client")) {
      return rejection(
          "supports neither TLS 1.2 nor TLS 1.3 ("
              + reason
              + "); ask its administrator to update it");
    }
    return proxy.failure(
        has(EOFException.class)
            ? "closed the connection during the TLS handshake; if it is a plain HTTP proxy, use"
                + " http://"
            : "failed during the TLS handshake (" + reason + ")");
  }

  private ProxyException rejection(String what) {
    return proxy.rejection(what, failure);
  }

  private boolean has(Class<? extends Throwable> type) {
    for (Throwable e = failure; e != null; e = e.getCause()) {
      if (type.isInstance(e)) {
        return true;
      }
    }
    return false;
  }

  private String certificate() {
    List<X509Certificate> chain = peer.certificates();
    if (chain.isEmpty()) {
      return oneLine(failure); // The application's own trust manager records nothing.
    }
    return CertificateText.of(chain.get(0));
  }

  private static String oneLine(Throwable e) {
    return OneLine.of(String.valueOf(e.getMessage()), OneLine.MAX_FOREIGN);
  }
}
