package io.github.devicetunnel.cli.option;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The program's version, from the properties that Maven writes into every jar. */
public final class Version implements IVersionProvider {
  private static final String PROPERTIES =
      "/META-INF/maven/io.github.devicetunnel/tunnel-cli/pom.properties";

  @Override
  public String[] getVersion() throws IOException {
    Properties properties = new Properties();
    try (InputStream file = Version.class.getResourceAsStream(PROPERTIES)) {
      if (file != null) {
        properties.load(file);
      }
    }
    String version = properties.getProperty("version", "(not from a jar)");
    return new String[] {"tunnel " + version + ", Java " + Runtime.version()};
  }
}
