package io.github.devicetunnel.it.docs;

import com.sun.net.httpserver.HttpServer;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.directory.DeviceDirectory;
import io.github.devicetunnel.micrometer.TunnelMetrics;
import io.github.devicetunnel.testing.TunnelService;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.SocketAddress;

/** Declares the names that samples use without being whole programs. */
abstract class SampleContext {
  /** The device ID of a gateway. */
  static final String DEVICE = "017b7fddb124724840c1c7b800000000";

  /** A class of an application, which its tests cover. */
  static final class Meter {
    Meter(String cloudUri, String key, String device) {}

    int read() {
      return 0;
    }
  }

  /** The meter registry of an application. */
  MeterRegistry registry;

  /** The metrics of the previous sample. */
  TunnelMetrics metrics;

  /** The settings of the client of an application. */
  TunnelClient.Builder builder;

  /** An access key. */
  String key;

  /** The password of a proxy. */
  String password;

  /** A request in the protocol of a service. */
  byte[] request;

  /** The client of the previous sample. */
  TunnelClient client;

  /** The device directory of the previous sample. */
  DeviceDirectory directory;

  /** The tunnel service of the previous sample. */
  TunnelService service;

  /** The web server on a gateway. */
  HttpServer webServer;

  /** Connects a TCP client of the application. */
  abstract void connectTo(SocketAddress address);
}
