package io.github.devicetunnel.internal.net;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/** How this library names itself to servers and proxies (RFC 9110 section 10.1.5). */
public final class Product {
  /** Maven leaves it in every jar. */
  private static final String PROPERTIES =
      "/META-INF/maven/io.github.devicetunnel/tunnel-core/pom.properties";

  /** The value of User-Agent. Some proxies reject a CONNECT without one. */
  public static final String USER_AGENT = "device-tunnel" + version();

  private Product() {}

  private static String version() {
    Properties properties = new Properties();
    try (InputStream in = Product.class.getResourceAsStream(PROPERTIES)) {
      if (in != null) {
        properties.load(in);
      }
    } catch (IOException | IllegalArgumentException e) {
      // The name will do.
    }
    String version = properties.getProperty("version");
    return version == null ? "" : "/" + version;
  }
}
