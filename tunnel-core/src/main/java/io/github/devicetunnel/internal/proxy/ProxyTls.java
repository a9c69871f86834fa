package io.github.devicetunnel.internal.proxy;

import io.github.devicetunnel.internal.net.UpgradeSslSocket;
import io.github.devicetunnel.internal.net.UpgradeSslSocketFactory;
import io.github.devicetunnel.internal.tls.RecordingKeyManager;
import io.github.devicetunnel.internal.tls.RecordingTrustManager;
import io.github.devicetunnel.internal.tls.TlsPeer;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import javax.net.ssl.HostnameVerifier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/**
 * TLS between this machine and a proxy. It trusts the CAs that the client trusts for the cloud. It
 * neither presents the client certificate nor applies pins, because both are for the cloud; see
 * docs/rationale/tls-and-proxies.md. All dials share one object, so that sessions are resumed.
 * Thread-safe.
 */
public final class ProxyTls {
  private static final String[] VERSIONS = {"TLSv1.3", "TLSv1.2"};

  private final UpgradeSslSocketFactory sockets;
  private final HostnameVerifier verifier;

  /**
   * Creates the configuration with the trust and the hostname verifier of a client.
   *
   * @throws SSLException if the JVM has no TLS
   */
  public ProxyTls(OkHttpClient client) throws SSLException {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      KeyManager[] noKeys = {new RecordingKeyManager(null)};
      context.init(noKeys, trust(client.x509TrustManager()), null);
      this.sockets = new UpgradeSslSocketFactory(context.getSocketFactory());
    } catch (GeneralSecurityException e) {
      throw new SSLException("TLS cannot be set up: " + e.getMessage(), e);
    }
    this.verifier = client.hostnameVerifier();
  }

  /**
   * Returns the trust managers, or null for a client without TLS. JSSE treats null as its default
   * CAs.
   */
  private static TrustManager @Nullable [] trust(@Nullable X509TrustManager trust) {
    if (trust == null) {
      return null;
    }
    boolean records = trust instanceof RecordingTrustManager;
    return new TrustManager[] {
      !records && trust instanceof X509ExtendedTrustManager extended
          ? new RecordingTrustManager(extended)
          : trust
    };
  }

  /**
   * Performs the TLS handshake over a connected socket, on the calling thread.
   *
   * @param peer records what the proxy presents
   * @throws SSLPeerUnverifiedException if the certificate is for another host
   * @throws IOException if the handshake failed
   */
  UpgradeSslSocket secure(Socket socket, ProxyServer proxy, TlsPeer peer) throws IOException {
    UpgradeSslSocket tls = sockets.layer(socket, proxy.host(), proxy.port());
    tls.setEnabledProtocols(VERSIONS);
    TlsPeer before = TlsPeer.enter(peer);
    try {
      tls.startHandshake();
    } finally {
      TlsPeer unused = TlsPeer.enter(before);
    }
    if (!verifier.verify(proxy.host(), tls.getSession())) {
      throw new SSLPeerUnverifiedException("Hostname " + proxy.host() + " not verified");
    }
    return tls;
  }
}
