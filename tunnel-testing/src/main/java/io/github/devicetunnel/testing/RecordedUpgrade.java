package io.github.devicetunnel.testing;

import mockwebserver3.RecordedRequest;
import okhttp3.Headers;
import org.jspecify.annotations.Nullable;

/**
 * A request for a tunnel that has come, and how it was answered. Immutable; {@link #toString} hides
 * the secret.
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
    } catch (RefusedException e) {
      return null;
    }
  }

  /** {@return the path of the request, as it was encoded} */
  public String path() {
    return path;
  }

  /** {@return the gateway's ID, in lower case; null when the path is not that of a tunnel} */
  public @Nullable String deviceId() {
    return tunnel == null ? null : tunnel.deviceId();
  }

  /**
   * {@return the service's address as it was written; null when the path is not that of a tunnel}
   */
  public @Nullable String serviceAddress() {
    return tunnel == null ? null : tunnel.service();
  }

  /** {@return with what the client asked} */
  public CredentialKind credentials() {
    return credential.kind();
  }

  /** {@return the access key or the JWT, which is a secret; null without either} */
  public @Nullable String token() {
    return credential.token();
  }

  /** {@return the application of a JWT; null without one} */
  public @Nullable String applicationId() {
    return credential.applicationId();
  }

  /**
   * Any header of the request.
   *
   * @param name in any case
   * @return the last one's value; null without one. That of {@code Authorization} is a secret
   */
  public @Nullable String header(String name) {
    return headers.get(name);
  }

  /** {@return the HTTP status of the answer; 0 when there was to be none} */
  public int status() {
    return status;
  }

  /** {@return whether a tunnel was opened} */
  public boolean isGranted() {
    return status == 101;
  }

  @Override
  public String toString() {
    return "RecordedUpgrade[" + path + ", " + credential + ", " + status + "]";
  }
}
