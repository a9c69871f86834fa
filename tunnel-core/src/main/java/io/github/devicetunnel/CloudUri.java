package io.github.devicetunnel;

import io.github.devicetunnel.internal.cloud.CloudAddress;
import java.util.List;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * The address of the cloud.
 *
 * @param target target of a complete connection URL; null for a base URL
 */
record CloudUri(CloudAddress address, @Nullable Target target) {

  static CloudUri parse(String text) {
    CloudAddress address = CloudAddress.parse(text);
    List<String> path = address.path();
    if (path.isEmpty()) {
      return new CloudUri(address, null);
    }
    if (path.size() != 6
        || !path.get(1).equals("devices")
        || !path.get(3).equals("services")
        || !path.get(5).equals("connection")) {
      throw CloudAddress.invalid(text, "has only a part of the path");
    }
    return new CloudUri(address, new Target(path.get(2), path.get(4)));
  }

  /** Returns the base URL, with http or https in place of ws or wss. */
  HttpUrl base() {
    return address.base();
  }

  /** Returns the URL of an upgrade. The service address is one path segment, even with IPv6. */
  HttpUrl connection(Target to) {
    String service = to.serviceAddress().replace("%", "%25");
    return base()
        .newBuilder()
        .addPathSegments("v3/devices")
        .addPathSegment(to.deviceId())
        .addPathSegment("services")
        .addEncodedPathSegment(service.replace("[", "%5B").replace("]", "%5D"))
        .addPathSegment("connection")
        .build();
  }

  /** Returns whether the URL is neither encrypted nor on loopback, and so exposes a credential. */
  boolean exposesCredential() {
    return address.exposesCredential();
  }

  /** Returns whether the host is {@code localhost} or a loopback address. */
  boolean isLoopback() {
    return address.isLoopback();
  }

  @Override
  public String toString() {
    return address.toString();
  }
}
