package io.github.devicetunnel.websocket;

import java.security.Principal;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a server said of itself in TLS, for the words about a handshake that failed: exceptions say
 * little of it. From any thread.
 */
public final class TlsPeer {
  private volatile List<X509Certificate> certificates = List.of();
  private volatile @Nullable List<Principal> wantedIssuers;
  private volatile boolean shown;

  TlsPeer() {}

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
