package io.github.devicetunnel.internal.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Base64;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PemTest {
  private static final String CERTIFICATE = new HeldCertificate.Builder().build().certificatePem();

  private static Pem pem(String text) {
    return Pem.parse("trustOnly", text);
  }

  @Test
  void findsBlocksBetweenOtherText() {
    String text =
        "# a comment\n-----BEGIN NOTE-----\n"
            + CERTIFICATE
            + "-----BEGIN X-----END X-----\n-----BEGIN Y----------END Y-----\n"
            + CERTIFICATE.replace("\n", "\r\n")
            + "-----BEGIN CERTIFICATE-----";
    assertThat(pem(text).certificates()).hasSize(2);
  }

  @Test
  void findsPrivateKey() throws Exception {
    KeyPair pair = KeyPairGenerator.getInstance("EC").generateKeyPair();
    String key =
        "-----BEGIN PRIVATE KEY-----\n"
            + Base64.getMimeEncoder().encodeToString(pair.getPrivate().getEncoded())
            + "\n-----END PRIVATE KEY-----\n";
    assertThat(pem(CERTIFICATE + key).privateKey("EC")).isEqualTo(pair.getPrivate());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-----BEGIN ",
        "-----BEGIN A-----",
        "-----BEGIN A-----\n-----END B-----\n",
        "-----END A-----",
        "-----",
        "-"
      })
  @Timeout(10)
  void takesLinearTime(String repeated) {
    String text = repeated.repeat((1 << 20) / repeated.length());
    assertThatThrownBy(() -> pem(text).certificates())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("contains no PEM certificate");
    assertThat(pem(text + "\n" + CERTIFICATE).certificates()).hasSize(1);
  }
}
