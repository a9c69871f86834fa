import org.jspecify.annotations.NullMarked;

/** The program {@code tunnel}. This module has no API. */
@NullMarked
module io.github.devicetunnel.cli {
  requires static org.jspecify;
  requires com.fasterxml.jackson.core;
  requires info.picocli;
  requires io.github.devicetunnel.core;
  requires io.github.devicetunnel.directory;
  requires io.github.devicetunnel.jwt;
  requires io.github.devicetunnel.micrometer;
  requires io.github.devicetunnel.testing;
  requires java.logging;
  requires jdk.httpserver;
  // For sun.misc.Signal, which OsSignal uses by reflection.
  requires jdk.unsupported;
  requires micrometer.core;
  requires micrometer.registry.prometheus;
  requires okhttp3;
  requires org.slf4j;
  requires org.slf4j.jul;
  requires org.snakeyaml.engine;

  // Picocli sets fields of commands by reflection.
  opens io.github.devicetunnel.cli to
      info.picocli;
  opens io.github.devicetunnel.cli.check to
      info.picocli;
  opens io.github.devicetunnel.cli.completion to
      info.picocli;
  opens io.github.devicetunnel.cli.demo to
      info.picocli;
  opens io.github.devicetunnel.cli.jwt to
      info.picocli;
  opens io.github.devicetunnel.cli.option to
      info.picocli;
}
