package io.github.devicetunnel.it;

import com.sun.net.httpserver.HttpServer;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.testing.TunnelService;
import java.net.InetSocketAddress;

/** What samples that are not whole programs take for granted. */
abstract class SampleSurroundings {
  /** An access key. */
  String key;

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
