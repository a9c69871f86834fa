package io.github.devicetunnel.cli;

import io.github.devicetunnel.cli.demo.DemoWebService;
import io.github.devicetunnel.testing.TestDevice;
import io.github.devicetunnel.testing.TunnelService;
import java.io.IOException;
import java.io.UncheckedIOException;

/** A local tunnelling service with one device, whose service is the demo web service. */
public final class WebCloud implements AutoCloseable {
  static final String KEY = "ak_test";
  static final String SERVICE = "127.0.0.1:80";

  private final DemoWebService web;
  private final TunnelService cloud;

  /** Creates a cloud with the given settings. */
  WebCloud(TunnelService.Builder settings) {
    try {
      web = DemoWebService.start();
      cloud = settings.route(Program.DEVICE, SERVICE, web.address()).build().start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Creates a cloud that accepts {@link #KEY}. */
  public WebCloud() {
    this(TunnelService.builder().apiKey(KEY));
  }

  public String uri() {
    return cloud.uri();
  }

  public TestDevice device() {
    return cloud.device(Program.DEVICE);
  }

  TunnelService service() {
    return cloud;
  }

  /** Returns a program with all required settings in its environment. */
  public Program program() {
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
