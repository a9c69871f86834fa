package io.github.devicetunnel.testing;

import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * A JUnit 5 extension that runs a {@link TunnelService} for tests. It starts the service before a
 * test, and verifies and closes it afterwards. Anything left open and any exception of a handler
 * fails the test.
 *
 * <pre>{@code
 * class MeterTest {
 *   @RegisterExtension
 *   final TunnelServiceExtension cloud =
 *       new TunnelServiceExtension(TunnelService.builder().apiKey("ak_test").device(DEVICE));
 *
 *   @Test
 *   void readsTheMeter() throws Exception {
 *     TunnelService service = cloud.service();
 *     service.device(DEVICE).onConnect("127.0.0.1:80", stream -> stream.outputStream().write(42));
 *     assertEquals(42, new Meter(service.uri(), "ak_test", DEVICE).read());
 *   }
 * }
 * }</pre>
 *
 * <p>In an instance field, the extension starts a service for each test. In a static field, it
 * starts one service for all tests of the class and verifies it after the last test. For an
 * extension without a builder, use {@link WithTunnelService}. In all cases, tests and methods that
 * run before or after each test can have a {@link TunnelService} parameter. With a static field,
 * methods that run before or after all tests can have one as well.
 *
 * <p>Close the clients and other resources of a test in the test itself or in {@code @AfterEach};
 * both run before the verification.
 */
public final class TunnelServiceExtension
    implements BeforeAllCallback,
        BeforeEachCallback,
        AfterEachCallback,
        AfterAllCallback,
        ParameterResolver {
  private final TunnelService.Builder settings;
  private final ExtensionService running = new ExtensionService();
  private volatile @Nullable TunnelService service;

  /**
   * Creates an extension for a field with {@code @RegisterExtension}.
   *
   * @param settings the settings of all services that this extension starts
   */
  public TunnelServiceExtension(TunnelService.Builder settings) {
    this.settings = Objects.requireNonNull(settings, "settings is null");
  }

  /**
   * Returns the service of the current test.
   *
   * @return the service, started, until the test ends
   * @throws IllegalStateException outside a test
   */
  public TunnelService service() {
    TunnelService current = service;
    if (current == null) {
      throw new IllegalStateException(
          "no test with this extension is running; register it in a field with @RegisterExtension");
    }
    return current;
  }

  @Override
  public void beforeAll(ExtensionContext context) throws IOException {
    start(context);
  }

  @Override
  public void beforeEach(ExtensionContext context) throws IOException {
    start(context);
  }

  private void start(ExtensionContext context) throws IOException {
    running.startUnlessRunning(context, settings);
    service = running.find(context);
  }

  @Override
  public void afterEach(ExtensionContext context) {
    end(context);
  }

  @Override
  public void afterAll(ExtensionContext context) {
    end(context);
  }

  private void end(ExtensionContext context) {
    running.end(context, () -> service = null);
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return ExtensionService.isParameter(parameter);
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return running.resolve(parameter, context);
  }
}
