package io.github.devicetunnel;

import io.github.devicetunnel.internal.text.OneLine;
import io.github.devicetunnel.internal.tls.ClientCertificate;
import io.github.devicetunnel.internal.tls.DefaultTrust;
import io.github.devicetunnel.internal.tls.PemFile;
import io.github.devicetunnel.internal.tls.RecordingKeyManager;
import io.github.devicetunnel.internal.tls.RecordingTrustManager;
import io.github.devicetunnel.internal.tls.ReplaceableSocketFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import okhttp3.CertificatePinner;
import okhttp3.ConnectionSpec;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/**
 * Whom to trust in TLS, and who to be. Without any, the cloud's certificate must come from an
 * authority that this Java trusts, in {@code lib/security/cacerts} or as {@code
 * javax.net.ssl.trustStore} says. Whatever is set, its name must be the cloud's, it must be in
 * force, and nothing older than TLS 1.2 is spoken: there is no switch for less. Only {@link
 * #reload} changes the settings. Thread safe.
 *
 * <pre>{@code
 * TlsSettings tls = TlsSettings.builder()
 *     .trustAlso(Path.of("company-ca.pem"))
 *     .clientCertificate(Path.of("client.pem"), Path.of("client-key.pem"))
 *     .build();
 * TunnelClient.Builder builder = TunnelClient.builder().tls(tls);
 * }</pre>
 */
public final class TlsSettings {
  private final List<Authorities> also;
  private final List<Authorities> only;
  private final @Nullable Supplier<ClientCertificate> clientFiles;
  private final RecordingTrustManager trustManager;
  private final ReplaceableSocketFactory sockets;
  private final List<Pin> pins;
  private volatile @Nullable X509Certificate clientCertificate;

  /**
   * Certificates to trust.
   *
   * @param source for messages
   * @param reader reads files each time
   */
  private record Authorities(String source, Supplier<List<X509Certificate>> reader) {
    static Authorities in(String setting, Path file) {
      return new Authorities(file.toString(), () -> PemFile.read(setting, file).certificates());
    }
  }

  /**
   * @param text as it was given
   */
  private record Pin(CertificatePinner.Pin hosts, String text) {}

  private TlsSettings(Builder builder) {
    this.also = List.copyOf(builder.also);
    this.only = List.copyOf(builder.only);
    this.clientFiles = builder.clientFiles;
    this.pins = List.copyOf(builder.pins);
    this.trustManager = trustManager(builder.certificates, only.isEmpty());
    this.sockets = new ReplaceableSocketFactory(sockets(trustManager, builder.client));
    this.clientCertificate = builder.client == null ? null : builder.client.certificate();
  }

  /**
   * Reads all files again, such as after the renewal of a certificate. TLS handshakes that begin
   * afterwards use the new content, in all clients with these settings. Open connections stay as
   * they are, idle ones of {@link TunnelClient.Builder#warmConnections} included. With a {@link
   * Builder#pin}, an authority that is new in a file is not known: build a new client then.
   *
   * @throws IllegalArgumentException if a file cannot be used; everything stays as it was
   * @throws IllegalStateException if this JVM cannot use the content for TLS; everything stays as
   *     it was
   */
  public synchronized void reload() {
    List<X509Certificate> certificates =
        Stream.concat(also.stream(), only.stream())
            .flatMap(authorities -> authorities.reader.get().stream())
            .toList();
    ClientCertificate client = clientFiles == null ? null : clientFiles.get();
    sockets.replace(sockets(trustManager(certificates, only.isEmpty()), client));
    clientCertificate = client == null ? null : client.certificate();
  }

  /**
   * @param withSystem whether to trust what the system trusts as well
   */
  private static RecordingTrustManager trustManager(
      List<X509Certificate> certificates, boolean withSystem) {
    try {
      return new RecordingTrustManager(trustManager(trustStore(certificates, withSystem)));
    } catch (GeneralSecurityException | IOException e) {
      throw failed(e);
    }
  }

  private static SSLSocketFactory sockets(TrustManager trust, @Nullable ClientCertificate client) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      KeyManager keys = new RecordingKeyManager(client == null ? null : client.keys());
      context.init(new KeyManager[] {keys}, new TrustManager[] {trust}, null);
      return context.getSocketFactory();
    } catch (GeneralSecurityException e) {
      throw failed(e);
    }
  }

  private static IllegalStateException failed(Exception e) {
    return new IllegalStateException("TLS cannot be set up: " + e.getMessage(), e);
  }

  /** Null for the system's own. */
  private static @Nullable KeyStore trustStore(
      List<X509Certificate> certificates, boolean withSystem)
      throws GeneralSecurityException, IOException {
    if (certificates.isEmpty()) {
      return null;
    }
    List<X509Certificate> all = new ArrayList<>(certificates);
    if (withSystem) {
      all.addAll(List.of(trustManager(null).getAcceptedIssuers()));
    }
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    for (int i = 0; i < all.size(); i++) {
      store.setCertificateEntry("ca-" + i, all.get(i));
    }
    return store;
  }

  /**
   * Begins with what the system trusts, and no client certificate.
   *
   * @return settings with their defaults
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * @param store null for what the system trusts
   */
  private static X509ExtendedTrustManager trustManager(@Nullable KeyStore store)
      throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return Arrays.stream(factory.getTrustManagers())
        .filter(X509ExtendedTrustManager.class::isInstance)
        .map(X509ExtendedTrustManager.class::cast)
        .findFirst()
        .orElseThrow(() -> new GeneralSecurityException("this Java trusts in no X.509"));
  }

  /** In place of all that a client has of TLS. */
  OkHttpClient applyTo(OkHttpClient.Builder client) {
    CertificatePinner.Builder pinner = new CertificatePinner.Builder();
    pins.forEach(pin -> pinner.add(pin.hosts.getPattern(), pin.text));
    List<ConnectionSpec> plain = List.of(ConnectionSpec.CLEARTEXT);
    // Of a client that has no TLS, which would cost time: OkHttp has no name for its verifier.
    OkHttpClient defaults = new OkHttpClient.Builder().connectionSpecs(plain).build();
    return client
        .sslSocketFactory(sockets, trustManager)
        .hostnameVerifier(defaults.hostnameVerifier())
        .certificatePinner(pinner.build())
        .connectionSpecs(List.of(ConnectionSpec.MODERN_TLS, ConnectionSpec.CLEARTEXT))
        .build();
  }

  /** Whom, in words. */
  String trusted() {
    return only.isEmpty()
        ? DefaultTrust.describe() + (also.isEmpty() ? "" : " and those in " + sources(also))
        : "only the authorities in " + sources(only);
  }

  private static String sources(List<Authorities> authorities) {
    return authorities.stream().map(Authorities::source).collect(Collectors.joining(", "));
  }

  @Nullable X509Certificate clientCertificate() {
    return clientCertificate;
  }

  /** The pins of one host. */
  List<String> pins(String host) {
    return pins.stream().filter(pin -> pin.hosts.matchesHostname(host)).map(Pin::text).toList();
  }

  /** Whom is trusted; no secret. */
  @Override
  public String toString() {
    X509Certificate client = clientCertificate;
    return "TlsSettings[trusted are "
        + trusted()
        + (client == null
            ? ""
            : ", client certificate " + client.getSubjectX500Principal().getName())
        + (pins.isEmpty() ? "" : ", pins: " + pins.size())
        + "]";
  }

  /**
   * Makes {@link TlsSettings}. Every setter reads its files at once; only {@link
   * TlsSettings#reload} reads them again. For one thread.
   */
  public static final class Builder {
    private final List<X509Certificate> certificates = new ArrayList<>();
    private final List<Authorities> also = new ArrayList<>();
    private final List<Authorities> only = new ArrayList<>();
    private final List<Pin> pins = new ArrayList<>();
    private @Nullable ClientCertificate client;
    private @Nullable Supplier<ClientCertificate> clientFiles;

    private Builder() {}

    /**
     * Trusts authorities besides those that the system trusts. May be called again for more.
     *
     * @param file certificates in PEM
     * @return this
     * @throws IllegalArgumentException when the file cannot be read or holds no certificate
     */
    public Builder trustAlso(Path file) {
      return trust(also, Authorities.in("trustAlso", file));
    }

    /**
     * Trusts these authorities, and the system's no more. May be called again for more.
     *
     * @param file certificates in PEM
     * @return this
     * @throws IllegalArgumentException when the file cannot be read or holds no certificate
     */
    public Builder trustOnly(Path file) {
      return trust(only, Authorities.in("trustOnly", file));
    }

    /**
     * Trusts these authorities, and the system's no more. May be called again for more. {@link
     * TlsSettings#reload} keeps them.
     *
     * @param authorities at least one
     * @param source where the certificates come from, for messages: "trusted are only the
     *     authorities in SOURCE"
     * @return this
     * @throws IllegalArgumentException when there is no certificate
     */
    public Builder trustOnly(Collection<X509Certificate> authorities, String source) {
      String shown = OneLine.of(source, OneLine.MAX_FOREIGN);
      if (authorities.isEmpty()) {
        throw new IllegalArgumentException(
            "trustOnly " + shown + ": there is no certificate; pass at least one");
      }
      List<X509Certificate> copy = List.copyOf(authorities);
      return trust(only, new Authorities(shown, () -> copy));
    }

    private Builder trust(List<Authorities> list, Authorities authorities) {
      certificates.addAll(authorities.reader.get());
      list.add(authorities);
      return this;
    }

    /**
     * Shows a certificate to a server that asks for one.
     *
     * @param certificates in PEM: the client's own, and after it those of its issuers
     * @param key its private key in PEM, PKCS#8 ({@code BEGIN PRIVATE KEY}) and not encrypted; may
     *     be the same file
     * @return this
     * @throws IllegalArgumentException when either cannot be read, or they do not belong together
     */
    public Builder clientCertificate(Path certificates, Path key) {
      return client(() -> ClientCertificate.ofPem(certificates, key));
    }

    /**
     * Shows a certificate from a PKCS#12 file to a server that asks for one.
     *
     * @param file with one private key or more, and their certificates
     * @param password asked for now, and by {@link TlsSettings#reload}; the array is overwritten
     *     after use
     * @return this
     * @throws IllegalArgumentException when it cannot be read, or the password is wrong
     */
    public Builder clientKeyStore(Path file, Supplier<char[]> password) {
      return client(() -> ClientCertificate.ofKeyStore(file, password));
    }

    private Builder client(Supplier<ClientCertificate> files) {
      client = files.get();
      clientFiles = files;
      return this;
    }

    /**
     * Asks for a certain key among the certificates of a host, besides trust. Of several pins one
     * must match, so that keys can be changed.
     *
     * @param host the cloud's; {@code *.example.com} for one level of subdomains, {@code
     *     **.example.com} for any
     * @param pin {@code sha256/} and the Base64 of the SHA-256 of a public key as the certificate
     *     holds it (SubjectPublicKeyInfo)
     * @return this
     * @throws IllegalArgumentException for anything else
     */
    public Builder pin(String host, String pin) {
      if (!isPin(pin)) {
        throw new IllegalArgumentException(
            "pin must be sha256/ and 32 bytes in Base64, but is \"" + Target.shown(pin) + "\"");
      }
      try {
        pins.add(new Pin(new CertificatePinner.Pin(host, pin), pin));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "pin: the host must be a name, or *. or **. and a name, but is \""
                + Target.shown(host)
                + "\"",
            e);
      }
      return this;
    }

    private static boolean isPin(String pin) {
      try {
        return pin.startsWith("sha256/")
            && Base64.getDecoder().decode(pin.substring("sha256/".length())).length == 32;
      } catch (IllegalArgumentException e) {
        return false;
      }
    }

    /**
     * Makes the settings.
     *
     * @return to be given to {@link TunnelClient.Builder#tls}
     * @throws IllegalStateException when both {@link #trustAlso} and {@link #trustOnly} were said
     */
    public TlsSettings build() {
      if (!also.isEmpty() && !only.isEmpty()) {
        throw new IllegalStateException(
            "trustOnly contradicts trustAlso: say the one or the other");
      }
      return new TlsSettings(this);
    }
  }
}
