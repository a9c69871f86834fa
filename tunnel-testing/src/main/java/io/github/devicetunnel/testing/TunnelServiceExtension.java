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
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * Runs a {@link TunnelService} around tests of JUnit 5: starts it before, and afterwards verifies
 * and closes it, so that whatever was left open, and whatever a handler threw, fails the test.
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
 * <p>In an instance field it gives each test a service of its own; in a static field, one to all
 * tests of the class, which is verified after the last. Without a builder it is {@link
 * WithTunnelService}. Either way a {@link TunnelService} may be a parameter of a test, and of
 * methods that run before and after each; with a static field, of those that run before and after
 * all as well.
 *
 * <p>What a test must close itself, its clients above all, it closes in its own body or in its
 * {@code @AfterEach}, both of which come before the check.
 */
public final class TunnelServiceExtension
    implements BeforeAllCallback,
        BeforeEachCallback,
        AfterEachCallback,
        AfterAllCallback,
        ParameterResolver {
  private static final String SERVICE = "service";

  private final TunnelService.@Nullable Builder settings;
  private volatile @Nullable TunnelService service; // with settings of its own

  /** For {@link WithTunnelService}, which says what there is to be. */
  public TunnelServiceExtension() {
    this.settings = null;
  }

  /**
   * For a field with {@code @RegisterExtension}.
   *
   * @param settings of every service that this starts
   */
  public TunnelServiceExtension(TunnelService.Builder settings) {
    this.settings = Objects.requireNonNull(settings, "settings is null");
  }

  /**
   * The service of the test that is running.
   *
   * @return started, until the test is over
   * @throws IllegalStateException before and after the test, and when this was not made with a
   *     builder
   */
  public TunnelService service() {
    TunnelService current = service;
    if (current == null) {
      throw new IllegalStateException(
          "no test with this extension is running; it must be in a field with @RegisterExtension");
    }
    return current;
  }

  @Override
  public void beforeAll(ExtensionContext context) throws IOException {
    if (settings != null) {
      startUnlessThereIsOne(context, settings);
    }
  }

  @Override
  public void beforeEach(ExtensionContext context) throws IOException {
    startUnlessThereIsOne(context, settings == null ? annotated(context) : settings);
  }

  private void startUnlessThereIsOne(ExtensionContext context, TunnelService.Builder builder)
      throws IOException {
    if (find(context) == null) {
      TunnelService started = builder.build().start();
      store(context).put(SERVICE, started);
      service = settings == null ? null : started;
    }
  }

  @Override
  public void afterEach(ExtensionContext context) {
    end(context);
  }

  @Override
  public void afterAll(ExtensionContext context) {
    end(context);
  }

  /** Only what was started in the same context. */
  private void end(ExtensionContext context) {
    TunnelService ending = store(context).remove(SERVICE, TunnelService.class);
    if (ending == null) {
      return;
    }
    service = null;
    try (ending) {
      ending.verify();
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == TunnelService.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    TunnelService current = find(context);
    if (current == null) {
      throw new ParameterResolutionException(
          "there is no TunnelService yet: it is a parameter of tests, and of methods that run"
              + " before and after each, but not of "
              + parameter.getDeclaringExecutable());
    }
    return current;
  }

  private @Nullable TunnelService find(ExtensionContext context) {
    return store(context).get(SERVICE, TunnelService.class);
  }

  private ExtensionContext.Store store(ExtensionContext context) {
    return context.getStore(ExtensionContext.Namespace.create(this));
  }

  private static TunnelService.Builder annotated(ExtensionContext context) {
    WithTunnelService wanted = null;
    for (ExtensionContext at = context; wanted == null; at = at.getParent().orElseThrow()) {
      wanted =
          AnnotationSupport.findAnnotation(at.getElement(), WithTunnelService.class).orElse(null);
    }
    TunnelService.Builder builder = TunnelService.builder().failOnLeaks(wanted.failOnLeaks());
    for (String key : wanted.apiKeys()) {
      builder.apiKey(key);
    }
    for (String application : wanted.applications()) {
      builder.application(application);
    }
    for (String device : wanted.devices()) {
      builder.device(device);
    }
    return builder;
  }
}
