package io.github.devicetunnel.cli;

import io.github.devicetunnel.testing.TestDevice;
import io.github.devicetunnel.testing.TunnelService;
import java.io.IOException;
import java.io.UncheckedIOException;

/** A stand-in for the cloud, through which one device leads to the demo's web service. */
final class WebCloud implements AutoCloseable {
  static final String KEY = "ak_test";
  static final String SERVICE = "127.0.0.1:80";

  private final DemoWebService web;
  private final TunnelService cloud;

  /** With these credentials. */
  WebCloud(TunnelService.Builder settings) {
    try {
      web = DemoWebService.start();
      cloud = settings.route(Program.DEVICE, SERVICE, web.address()).build().start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** With {@link #KEY}. */
  WebCloud() {
    this(TunnelService.builder().apiKey(KEY));
  }

  String uri() {
    return cloud.uri();
  }

  TestDevice device() {
    return cloud.device(Program.DEVICE);
  }

  TunnelService service() {
    return cloud;
  }

  /** The program in this process, with all that it needs in its environment. */
  Program program() {
    return new Program()
        .variable("TUNNEL_CLOUD_URI", uri())
        .variable("TUNNEL_DEVICE", Program.DEVICE)
        .variable("TUNNEL_SERVICE", SERVICE)
        .variable("TUNNEL_API_KEY", KEY);
  }

  @Override
  public void close() {
    cloud.close();
    web.close();
  }
}
