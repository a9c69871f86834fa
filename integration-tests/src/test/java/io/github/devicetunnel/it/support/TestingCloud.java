package io.github.devicetunnel.it.support;

import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.testing.ServiceDial;
import io.github.devicetunnel.testing.TunnelService;
import java.io.IOException;
import okhttp3.OkHttpClient;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;

/** A cloud of the class {@link TunnelService}. */
public final class TestingCloud extends Cloud {
  /** Created once, because the generation takes a while. */
  private static final class Certificates {
    static final HeldCertificate HELD =
        new HeldCertificate.Builder().addSubjectAlternativeName("localhost").build();
    static final HandshakeCertificates SERVER =
        new HandshakeCertificates.Builder().heldCertificate(HELD).build();
    static final HandshakeCertificates CLIENT =
        new HandshakeCertificates.Builder().addTrustedCertificate(HELD.certificate()).build();
  }

  private final TunnelService service;
  private final boolean tls;

  private TestingCloud(TunnelService service, boolean tls) {
    this.service = service;
    this.tls = tls;
  }

  public static TestingCloud started() throws IOException {
    return started(builder());
  }

  public static TestingCloud startedWithTls() throws IOException {
    TunnelService.Builder builder = builder().useHttps(Certificates.SERVER.sslSocketFactory());
    return new TestingCloud(builder.build().start(), true);
  }

  /** Returns the certificate, in PEM, that clients of a cloud with TLS must trust. */
  public static String certificate() {
    return Certificates.HELD.certificatePem();
  }

  /** Returns the private key of {@link #certificate} in PKCS#8 PEM. */
  static String privateKey() {
    return Certificates.HELD.privateKeyPkcs8Pem();
  }

  /** Starts a cloud that dials the service after the answer, as real gateways do. */
  public static TestingCloud startedWithLateServiceDial() throws IOException {
    return started(builder().serviceDial(ServiceDial.AFTER_ANSWER));
  }

  public static TestingCloud started(TunnelService.Builder builder) throws IOException {
    return new TestingCloud(builder.build().start(), false);
  }

  public static TunnelService.Builder builder() {
    return TunnelService.builder().apiKey(KEY).device(DEVICE).dialLoopback();
  }

  public TunnelService service() {
    return service;
  }

  /** Returns a new client that trusts this cloud. The caller shuts the client down. */
  public static OkHttpClient trustingClient() {
    return new OkHttpClient.Builder()
        .sslSocketFactory(
            Certificates.CLIENT.sslSocketFactory(), Certificates.CLIENT.trustManager())
        .build();
  }

  @Override
  public String uri() {
    return service.uri();
  }

  @Override
  public TunnelClient.Builder client(String serviceAddress) {
    TunnelClient.Builder builder = super.client(serviceAddress);
    return tls ? builder.okHttpClient(trustingClient()) : builder;
  }

  @Override
  public void close() {
    service.close();
  }
}
