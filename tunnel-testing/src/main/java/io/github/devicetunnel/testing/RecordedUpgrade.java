package io.github.devicetunnel.testing;

import mockwebserver3.RecordedRequest;
import okhttp3.Headers;
import org.jspecify.annotations.Nullable;

/**
 * A recorded upgrade request and the status of its response. Immutable. {@link #toString} does not
 * contain the secret.
 */
public final class RecordedUpgrade {
  private final String path;
  private final @Nullable ConnectionPath tunnel;
  private final Headers headers;
  private final Credential credential;
  private final int status;

  RecordedUpgrade(RecordedRequest request, int status) {
    this.path = request.getUrl().encodedPath();
    this.tunnel = parse(request);
    this.headers = request.getHeaders();
    this.credential = Credential.of(headers);
    this.status = status;
  }

  private static @Nullable ConnectionPath parse(RecordedRequest request) {
    try {
      return ConnectionPath.parse(request.getUrl());
    } catch (RejectedException e) {
      return null;
    }
  }

  /** {@return the encoded path of the request} */
  public String path() {
    return path;
  }

  /** {@return the device ID, in lower case; null if the path is not that of a tunnel} */
  public @Nullable String deviceId() {
    return tunnel == null ? null : tunnel.deviceId();
  }

  /** {@return the service address, as in the request; null if the path is not that of a tunnel} */
  public @Nullable String serviceAddress() {
    return tunnel == null ? null : tunnel.service();
  }

  /** {@return the kind of credential in the request} */
  public CredentialKind credentials() {
    return credential.kind();
  }

  /** {@return the access key or the JWT, which is a secret; null if there is no bearer token} */
  public @Nullable String token() {
    return credential.token();
  }

  /** {@return the application ID; null if there is none} */
  public @Nullable String applicationId() {
    return credential.applicationId();
  }

  /**
   * Returns a header of the request.
   *
   * @param name the name; case-insensitive
   * @return the value of the last header with this name; null if there is none. The value of {@code
   *     Authorization} is a secret
   */
  public @Nullable String header(String name) {
    return headers.get(name);
  }

  /** {@return the HTTP status of the response; 0 if a fault suppressed the response} */
  public int status() {
    return status;
  }

  /** {@return whether the upgrade was granted} */
  public boolean isGranted() {
    return status == 101;
  }

  @Override
  public String toString() {
    return "RecordedUpgrade[" + path + ", " + credential + ", " + status + "]";
  }
}
