package io.github.devicetunnel.testing;

import java.io.IOException;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * Runs a separate {@link TunnelService} for each test of a JUnit 5 class, or for one test. The
 * service is available as a parameter of the test and of methods that run before or after each
 * test.
 *
 * <pre>{@code
 * @WithTunnelService(apiKeys = "ak_test", devices = DEVICE)
 * class MeterTest {
 *   @Test
 *   void readsTheMeter(TunnelService cloud) throws Exception {
 *     cloud.device(DEVICE).onConnect("127.0.0.1:80", stream -> stream.outputStream().write(42));
 *     assertEquals(42, new Meter(cloud.uri(), "ak_test", DEVICE).read());
 *   }
 * }
 * }</pre>
 *
 * <p>The service is started before the methods that run before each test. It is verified and closed
 * after the methods that run after each test. For settings that this annotation does not have, use
 * {@link TunnelServiceExtension}. An annotation of a method replaces that of its class. The
 * annotation can also be used as a meta-annotation.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@ExtendWith(WithTunnelService.Extension.class)
public @interface WithTunnelService {
  /** {@return accepted access keys, which open every device} */
  String[] apiKeys() default {};

  /** {@return IDs of applications that accept every token} */
  String[] applications() default {};

  /** {@return device IDs of connected gateways} */
  String[] devices() default {};

  /** {@return whether a test fails if it leaves anything open or does not close it cleanly} */
  boolean failOnLeaks() default true;

  /** The JUnit extension behind {@link WithTunnelService}. JUnit creates it. */
  final class Extension implements BeforeEachCallback, AfterEachCallback, ParameterResolver {
    private final ExtensionService running = new ExtensionService();

    /** Creates an extension. */
    public Extension() {}

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
      running.startUnlessRunning(context, settings(context));
    }

    @Override
    public void afterEach(ExtensionContext context) {
      running.end(context, () -> {});
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
      return ExtensionService.isParameter(parameter);
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
      return running.resolve(parameter, context);
    }

    private static TunnelService.Builder settings(ExtensionContext context) {
      WithTunnelService annotation = null;
      for (ExtensionContext at = context; annotation == null; at = at.getParent().orElseThrow()) {
        annotation =
            AnnotationSupport.findAnnotation(at.getElement(), WithTunnelService.class).orElse(null);
      }
      TunnelService.Builder builder = TunnelService.builder().failOnLeaks(annotation.failOnLeaks());
      for (String key : annotation.apiKeys()) {
        builder.apiKey(key);
      }
      for (String application : annotation.applications()) {
        builder.application(application);
      }
      for (String device : annotation.devices()) {
        builder.device(device);
      }
      return builder;
    }
  }
}
