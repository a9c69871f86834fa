package io.github.devicetunnel.internal.net;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/** The product name that the library sends to servers and proxies (RFC 9110 section 10.1.5). */
public final class Product {
  /** A file that Maven adds to every jar. */
  private static final String PROPERTIES =
      "/META-INF/maven/io.github.devicetunnel/tunnel-core/pom.properties";

  /**
   * The value of the header User-Agent. Some proxies reject a CONNECT request without this header.
   */
  public static final String USER_AGENT = "device-tunnel" + version();

  private Product() {}

  private static String version() {
    Properties properties = new Properties();
    try (InputStream in = Product.class.getResourceAsStream(PROPERTIES)) {
      if (in != null) {
        properties.load(in);
      }
    } catch (IOException | IllegalArgumentException e) {
      // Without the file, send the name without a version.
    }
    String version = properties.getProperty("version");
    return version == null ? "" : "/" + version;
  }
}
