package io.github.devicetunnel.testing;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import okhttp3.HttpUrl;

/**
 * The target in the path of a request: {@code /v3/devices/{id}/services/{address}/connection}.
 *
 * @param deviceId the device ID, in lower case
 * @param service the service address, as written in the request
 * @param address the parsed service address
 */
record ConnectionPath(String deviceId, String service, InetSocketAddress address) {
  private static final Pattern DEVICE_ID = Pattern.compile("[0-9a-f]{32}");

  static ConnectionPath parse(HttpUrl url) throws RejectedException {
    List<String> segments = url.pathSegments();
    boolean known =
        segments.size() == 6
            && segments.get(0).equals("v3")
            && segments.get(1).equals("devices")
            && segments.get(3).equals("services")
            && segments.get(5).equals("connection");
    if (!known) {
      throw RejectedException.notFound("No resource at " + url.encodedPath());
    }
    String deviceId = segments.get(2).toLowerCase(Locale.ROOT);
    String service = segments.get(4);
    InetSocketAddress address = ServiceAddress.parse(service);
    List<ServiceError.Field> wrong = new ArrayList<>();
    if (!isDeviceId(deviceId)) {
      wrong.add(new ServiceError.Field("id", "must be 32 hexadecimal digits"));
    }
    if (address == null) {
      wrong.add(new ServiceError.Field("address", "must be ip:port or localhost:port"));
    }
    if (address == null || !wrong.isEmpty()) {
      throw RejectedException.invalid(wrong);
    }
    return new ConnectionPath(deviceId, service, address);
  }

  /** Returns the target in a form for messages. */
  String text() {
    return deviceId + "/" + service;
  }

  /** Returns the target in the form that token claims use. */
  TokenCheck.Target target() {
    String host = service.substring(0, service.lastIndexOf(':'));
    String ip = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    return new TokenCheck.Target(deviceId, ip, address.getPort());
  }

  static boolean isDeviceId(String lowerCase) {
    return DEVICE_ID.matcher(lowerCase).matches();
  }
}
