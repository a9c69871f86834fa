package io.github.devicetunnel.it;

import com.sun.net.httpserver.HttpServer;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.micrometer.TunnelMetrics;
import io.github.devicetunnel.testing.TunnelService;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.InetSocketAddress;

/** What samples that are not whole programs take for granted. */
abstract class SampleSurroundings {
  /** A gateway. */
  static final String DEVICE = "017b7fddb124724840c1c7b800000000";

  /** What an application's own tests test. */
  static final class Meter {
    Meter(String cloudUri, String key, String device) {}

    int read() {
      return 0;
    }
  }

  /** Where an application keeps its meters. */
  MeterRegistry registry;

  /** Of the sample before. */
  TunnelMetrics metrics;

  /** Settings of an application's client. */
  TunnelClient.Builder builder;

  /** An access key. */
  String key;

  /** That of a proxy. */
  String password;

  /** What a service understands. */
  byte[] request;

  /** The client of the sample before. */
  TunnelClient client;

  /** The stand-in of the sample before. */
  TunnelService service;

  /** The one on a gateway. */
  HttpServer webServer;

  /** Any client of TCP. */
  abstract void connectTo(InetSocketAddress address);
}
