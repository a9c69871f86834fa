package io.github.devicetunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks the validation of credentials before the first dial. */
class CredentialsTest {
  private static final String TOKEN = Jwt.of("{\"exp\":1}");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|apiKey is empty",
        "'ak_1\n'|apiKey contains a line break at position 5 of 5",
        "bearer ak_secret|apiKey begins with Bearer, the scheme of the header; remove it",
        "ak_secret key|apiKey contains a space or tab at position 10 of 13",
        "'\"ak_secret\"'|apiKey is in quotes, which docker --env-file and systemd may keep",
        "\uFEFFak_secret|apiKey begins with a byte order mark; save the file without it",
        "a\0k\0_\0|apiKey is encoded in UTF-16; save the file in UTF-8",
        "ak_secretü|apiKey contains a character that is not printable ASCII at position 10 of 10",
      })
  void rejectsMalformedAccessKey(String key, String message) {
    assertThatThrownBy(() -> Credentials.apiKey(key))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void rejectsJwtAsAccessKey() {
    assertThatThrownBy(() -> Credentials.apiKey(TOKEN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(
            "apiKey is a JWT, which requires an application ID; use"
                + " Credentials.jwt(applicationId, token)");
  }

  @Test
  void rejectsAccessKeyAsJwt() {
    assertThatThrownBy(() -> Credentials.jwt("app1", "ak_secret"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(
            "token is an access key (ak_...), which is sent without an application ID; use"
                + " Credentials.apiKey(key)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"secret", "secret.secret.secret", "secret..secret", "secret.eyJ9.secret"})
  void rejectsMalformedJwtWithoutQuotingIt(String token) {
    assertThatThrownBy(() -> Credentials.jwt("app1", token))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("token is not a JWT (three base64url parts")
        .hasMessageNotContaining("secret");
  }

  @Test
  void rejectsMalformedApplicationId() {
    assertThatThrownBy(() -> Credentials.jwt("a b", TOKEN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("applicationId contains a space or tab at position 2 of 3");
    assertThatThrownBy(() -> Credentials.jwt("", request -> TOKEN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("applicationId is empty");
  }

  /** The dial checks the expiry, because a token can expire after it is configured. */
  @Test
  void acceptsExpiredToken() {
    assertThat(Credentials.jwt("app1", TOKEN)).isNotNull();
  }

  @Test
  void toStringOmitsSecrets() {
    TokenSource source =
        new TokenSource() {
          @Override
          public String token(TokenRequest request) {
            return "secret";
          }

          @Override
          public String toString() {
            return "secret";
          }
        };
    assertThat(Credentials.apiKey("ak_secret")).hasToString("Credentials[access key]");
    assertThat(Credentials.apiKey(source)).hasToString("Credentials[access key from a source]");
    assertThat(Credentials.jwt("app1", TOKEN)).hasToString("Credentials[JWT of application app1]");
    assertThat(Credentials.jwt("app1", source))
        .hasToString("Credentials[JWT of application app1 from a source]");
  }
}
