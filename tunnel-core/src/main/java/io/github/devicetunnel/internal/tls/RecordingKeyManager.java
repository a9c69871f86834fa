package io.github.devicetunnel.internal.tls;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509KeyManager;
import org.jspecify.annotations.Nullable;

/**
 * A key manager that records whether a server requests a client certificate, and from which
 * issuers.
 */
public final class RecordingKeyManager extends X509ExtendedKeyManager {
  private final @Nullable X509KeyManager keys;

  /**
   * Wraps a key manager.
   *
   * @param keys null if there is no client certificate
   */
  public RecordingKeyManager(@Nullable X509KeyManager keys) {
    this.keys = keys;
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
    String alias = keys == null ? null : keys.chooseClientAlias(keyTypes, issuers, socket);
    TlsPeer peer = TlsPeer.current();
    if (peer != null) {
      peer.certificateRequested(issuers, alias != null);
    }
    return alias;
  }

  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    return keys == null ? null : keys.getClientAliases(keyType, issuers);
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(String alias) {
    return keys == null ? null : keys.getCertificateChain(alias);
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(String alias) {
    return keys == null ? null : keys.getPrivateKey(alias);
  }

  @Override
  public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    return null;
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return null;
  }
}
