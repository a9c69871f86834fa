package io.github.devicetunnel.internal.tls;

import java.security.Principal;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a server said of itself in TLS, for the words about a handshake that failed: exceptions say
 * little of it. From any thread.
 */
public final class TlsPeer {
  /** JSSE calls trust and key managers on the thread of the handshake and passes no context. */
  private static final ThreadLocal<@Nullable TlsPeer> CURRENT = new ThreadLocal<>();

  private volatile List<X509Certificate> certificates = List.of();
  private volatile @Nullable List<Principal> wantedIssuers;
  private volatile boolean shown;

  public TlsPeer() {}

  /** Returns the server that the calling thread shakes hands with; null for none. */
  static @Nullable TlsPeer current() {
    return CURRENT.get();
  }

  /**
   * Sets the server that the calling thread shakes hands with.
   *
   * @param peer null for none
   * @return the one before
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

  void wantsCertificate(Principal @Nullable [] issuers, boolean shown) {
    this.shown = shown;
    wantedIssuers = issuers == null ? List.of() : List.of(issuers);
  }

  /** Its certificates, its own first; empty when it presented none or nobody took notice. */
  public List<X509Certificate> certificates() {
    return certificates;
  }

  /** Whose client certificates it takes, empty for any; null when it did not ask for one. */
  public @Nullable List<Principal> wantedIssuers() {
    return wantedIssuers;
  }

  /** Whether it was shown a client certificate. */
  public boolean wasShownOne() {
    return shown;
  }
}
