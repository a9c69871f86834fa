import org.jspecify.annotations.NullMarked;

/** Devices by name. The entry point is {@link io.github.devicetunnel.directory.DeviceDirectory}. */
@NullMarked
module io.github.devicetunnel.directory {
  requires static org.jspecify;
  requires com.fasterxml.jackson.core;
  requires org.slf4j;
  requires transitive io.github.devicetunnel.core;

  exports io.github.devicetunnel.directory;
}
