package io.github.devicetunnel.jwt;

import com.nimbusds.jose.util.JSONObjectUtils;
import io.github.devicetunnel.Credentials;
import io.github.devicetunnel.internal.cloud.CloudAddress;
import io.github.devicetunnel.internal.cloud.ServiceError;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.security.PrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import okhttp3.ConnectionPool;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * A client that uploads certificates to applications. The cloud verifies the tokens of an
 * application with its certificates.
 *
 * <pre>{@code
 * VerificationKeys keys = VerificationKeys.builder()
 *     .cloudUri("wss://api.us-east-1.mbedcloud.com")
 *     .apiKey(System.getenv("ADMINISTRATOR_KEY"))
 *     .build();
 * keys.upload(
 *     "0172b1ee3fb54a2fb2d4c2a7d8e90001",
 *     "tunnels",
 *     VerificationCertificate.read(Path.of("public.crt")),
 *     PrivateKeys.read(Path.of("private.key")));
 * }</pre>
 *
 * <p>Immutable and thread-safe. By default, no connection stays open between uploads. A client set
 * with {@link Builder#okHttpClient} uses its own connection pool.
 */
public final class VerificationKeys {
  private static final MediaType JSON = MediaType.get("application/json");
  private static final Pattern APPLICATION_ID = Pattern.compile("[A-Za-z0-9_~-][A-Za-z0-9._~-]*");
  private static final int MAX_ANSWER = 64 * 1024;

  private final CloudAddress cloud;
  private final String apiKey;
  private final OkHttpClient http;

  private VerificationKeys(CloudAddress cloud, String apiKey, OkHttpClient http) {
    this.cloud = cloud;
    this.apiKey = apiKey;
    this.http = http;
  }

  /**
   * Creates a builder with default settings.
   *
   * @return a new builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Uploads a certificate.
   *
   * @param applicationId the application whose tokens the certificate verifies
   * @param name a display name, not blank
   * @param certificate a certificate that is valid now
   * @throws IllegalArgumentException if the application ID is malformed, the name is blank, or the
   *     certificate is not valid now; nothing is sent in this case
   * @throws VerificationKeyRejectedException if the cloud rejects the upload
   * @throws IOException if no response is received; the cloud may have accepted the certificate
   *     nevertheless
   */
  public void upload(String applicationId, String name, VerificationCertificate certificate)
      throws IOException {
    HttpUrl url = url(applicationId);
    if (name.isBlank()) {
      throw new IllegalArgumentException("name is blank");
    }
    certificate.checkValidAt(Instant.now());
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("name", name);
    body.put("certificate", certificate.pem());
    Request request =
        new Request.Builder()
            .url(url)
            .header("Authorization", "Bearer " + apiKey)
            .post(RequestBody.create(JSONObjectUtils.toJSONString(body), JSON))
            .build();
    send(request, "the cloud rejected the verification key for application " + applicationId);
  }

  /**
   * Uploads a certificate after checking that it belongs to a private key.
   *
   * @param applicationId the application whose tokens the certificate verifies
   * @param name a display name, not blank
   * @param certificate a certificate that is valid now
   * @param privateKey the key that will sign tokens; it is not sent
   * @throws IllegalArgumentException if the application ID is malformed, the name is blank, or the
   *     certificate is not valid now or belongs to another key; nothing is sent in this case
   * @throws VerificationKeyRejectedException if the cloud rejects the upload
   * @throws IOException if no response is received; the cloud may have accepted the certificate
   *     nevertheless
   */
  public void upload(
      String applicationId, String name, VerificationCertificate certificate, PrivateKey privateKey)
      throws IOException {
    if (!certificate.belongsTo(privateKey)) {
      throw new IllegalArgumentException(
          "certificate does not match privateKey, so the cloud would reject its tokens; use a"
              + " matching pair");
    }
    upload(applicationId, name, certificate);
  }

  private HttpUrl url(String applicationId) {
    if (!APPLICATION_ID.matcher(applicationId).matches()) {
      throw new IllegalArgumentException(
          "applicationId must be letters and digits, but is " + Text.quoted(applicationId));
    }
    return cloud
        .base()
        .newBuilder()
        .addPathSegments("v3/applications")
        .addPathSegment(applicationId)
        .addPathSegment("verification-keys")
        .build();
  }

  private void send(Request request, String rejection) throws IOException {
    try (Response response = http.newCall(request).execute()) {
      if (!response.isSuccessful()) {
        throw rejected(response, rejection);
      }
    } catch (VerificationKeyRejectedException | InterruptedIOException e) {
      throw e;
    } catch (IOException e) {
      throw new IOException(
          "no answer from " + cloud.base() + ": " + e.getMessage() + "; check the cloud URI", e);
    }
  }

  private VerificationKeyRejectedException rejected(Response response, String rejection)
      throws IOException {
    // An intermediary may echo the request, including the access key.
    String body = response.peekBody(MAX_ANSWER).string().replace(apiKey, "***");
    int status = response.code();
    ServiceError error = ServiceError.parse(body);
    String message = error.describe(rejection, status, null, advice(response, error));
    return new VerificationKeyRejectedException(message, status, error);
  }

  private static @Nullable String advice(Response response, ServiceError error) {
    if (!error.fromService() && !response.isRedirect()) {
      String server = response.header("Server", response.header("Via"));
      return ServiceError.sender(server) + ": check the cloud URI";
    }
    return switch (response.code()) {
      case 400 -> "check the name and the certificate";
      case 401 -> "check the access key";
      case 403 -> "the access key is valid, but lacks administrator rights";
      case 404 -> "check the application ID and the cloud URI";
      case 409 -> "the application may already have this key";
      case 429 -> "too many requests; wait before the next attempt";
      case 301, 302, 303, 307, 308 -> "redirects are not followed; check the cloud URI";
      default -> null;
    };
  }

  @Override
  public String toString() {
    return "VerificationKeys[" + cloud.base() + "]";
  }

  /** Builds a {@link VerificationKeys}. Not thread-safe. */
  public static final class Builder {
    private @Nullable CloudAddress cloud;
    private @Nullable String apiKey;
    private @Nullable OkHttpClient okHttpClient;
    private Duration timeout = Duration.ofSeconds(30);
    private boolean allowPlaintext;

    private Builder() {}

    /**
     * Sets the URI of the cloud. Required.
     *
     * @param uri the URI, as for {@code TunnelClient}: {@code wss} and {@code ws} are equivalent to
     *     {@code https} and {@code http}, and only the base of a full connection URL is used
     * @return this
     * @throws IllegalArgumentException if the URI is malformed
     */
    public Builder cloudUri(String uri) {
      cloud = CloudAddress.parse(uri);
      return this;
    }

    /**
     * Sets the access key of an administrator. Required.
     *
     * @param key the secret, {@code ak_…}
     * @return this
     * @throws IllegalArgumentException if the key is empty or not valid in an HTTP header
     */
    public Builder apiKey(String key) {
      Credentials unused = Credentials.apiKey(key);
      apiKey = key;
      return this;
    }

    /**
     * Sets an {@code OkHttpClient} of the application, whose trust, proxy, DNS and interceptors are
     * used. The client is neither modified nor shut down.
     *
     * @param client the application's client
     * @return this
     */
    public Builder okHttpClient(OkHttpClient client) {
      okHttpClient = Objects.requireNonNull(client, "okHttpClient is null");
      return this;
    }

    /**
     * Sets the maximum time of an upload. Default: 30 seconds.
     *
     * @param value a positive duration
     * @return this
     * @throws IllegalArgumentException if the duration is zero or negative
     */
    public Builder timeout(Duration value) {
      if (value.isZero() || value.isNegative()) {
        throw new IllegalArgumentException("timeout must be positive, but is " + value);
      }
      timeout = value;
      return this;
    }

    /**
     * Sets whether the access key may be sent unencrypted to another machine. Default: false.
     * Unencrypted connections to this machine are always allowed.
     *
     * @param allow true to allow an unencrypted access key
     * @return this
     */
    public Builder allowPlaintext(boolean allow) {
      allowPlaintext = allow;
      return this;
    }

    /**
     * Creates the client. Nothing is sent yet.
     *
     * @return the client
     * @throws IllegalStateException if a required setting is missing, or the key would be sent
     *     unencrypted to another machine and {@link #allowPlaintext} is not set
     */
    public VerificationKeys build() {
      if (cloud == null) {
        throw new IllegalStateException("cloudUri is missing");
      }
      if (apiKey == null) {
        throw new IllegalStateException("apiKey is missing");
      }
      if (cloud.exposesCredential() && !allowPlaintext) {
        throw new IllegalStateException(
            "cloudUri "
                + cloud.base()
                + " would send the access key unencrypted to another machine; use wss, or set"
                + " allowPlaintext(true)");
      }
      return new VerificationKeys(cloud, apiKey, http());
    }

    /** Returns the nearest timeout that OkHttp accepts. */
    private static long okHttpMillis(Duration time) {
      return Math.max(1, Math.min(Integer.MAX_VALUE, TimeUnit.MILLISECONDS.convert(time)));
    }

    private OkHttpClient http() {
      OkHttpClient.Builder builder =
          okHttpClient != null
              ? okHttpClient.newBuilder()
              // Uploads are rare, so an idle connection is not worth keeping.
              : new OkHttpClient.Builder()
                  .connectionPool(new ConnectionPool(0, 1, TimeUnit.SECONDS));
      return builder
          // A redirect could send the key to another host and turn the POST into a GET.
          .followRedirects(false)
          .followSslRedirects(false)
          .callTimeout(okHttpMillis(timeout), TimeUnit.MILLISECONDS)
          .build();
    }
  }
}
