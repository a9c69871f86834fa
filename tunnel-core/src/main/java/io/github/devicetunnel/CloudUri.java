package io.github.devicetunnel;

import io.github.devicetunnel.internal.cloud.CloudAddress;
import java.util.List;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * Where the tunnelling service is.
 *
 * @param target set when a whole connection URL was given
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
      throw CloudAddress.refused(text, "has only a part of a connection's path");
    }
    return new CloudUri(address, new Target(path.get(2), path.get(4)));
  }

  /** With http or https in place of ws or wss. */
  HttpUrl base() {
    return address.base();
  }

  /** The URL of one connection: the address stays one path segment, even in IPv6. */
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

  /** Whether a credential may be read on the way: not encrypted, and not to this machine. */
  boolean exposesCredential() {
    return address.exposesCredential();
  }

  /** Whether it is this machine. */
  boolean isLoopback() {
    return address.isLoopback();
  }

  @Override
  public String toString() {
    return address.toString();
  }
}
