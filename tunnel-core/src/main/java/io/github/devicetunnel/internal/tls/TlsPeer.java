package io.github.devicetunnel.internal.tls;

import java.security.Principal;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The information that a server sent during a TLS handshake, for messages about failed handshakes.
 * The exceptions of the JVM contain little of it. Thread-safe.
 */
public final class TlsPeer {
  /** JSSE calls trust and key managers on the thread of the handshake and passes no context. */
  private static final ThreadLocal<@Nullable TlsPeer> CURRENT = new ThreadLocal<>();

  private volatile List<X509Certificate> certificates = List.of();
  private volatile @Nullable List<Principal> requestedIssuers;
  private volatile boolean clientPresented;

  public TlsPeer() {}

  /** Returns the peer of the calling thread's handshake, or null. */
  static @Nullable TlsPeer current() {
    return CURRENT.get();
  }

  /**
   * Sets the peer of the calling thread's handshake.
   *
   * @param peer null for none
   * @return the previous peer
   */
  public static @Nullable TlsPeer enter(@Nullable TlsPeer peer) {
    TlsPeer before = CURRENT.get();
    if (peer == null) {
      CURRENT.remove();
    } else {
      CURRENT.set(peer);
    }
    return before;
  }

  void presented(X509Certificate[] chain) {
    certificates = List.of(chain);
  }

  void certificateRequested(Principal @Nullable [] issuers, boolean presented) {
    clientPresented = presented;
    requestedIssuers = issuers == null ? List.of() : List.of(issuers);
  }

  /**
   * Returns the certificate chain, starting with the server's own certificate. Empty if the server
   * presented none or none was recorded.
   */
  public List<X509Certificate> certificates() {
    return certificates;
  }

  /**
   * Returns the issuers of the client certificates that the server accepts, empty for any issuer,
   * or null if the server did not request a certificate.
   */
  public @Nullable List<Principal> requestedIssuers() {
    return requestedIssuers;
  }

  /** Returns whether a client certificate was presented to the server. */
  public boolean presentedClientCertificate() {
    return clientPresented;
  }
}
