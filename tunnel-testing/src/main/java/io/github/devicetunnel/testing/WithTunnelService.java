package io.github.devicetunnel.testing;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives each test of a JUnit class, or one test, a {@link TunnelService} of its own, as a parameter
 * of the test and of methods that run before and after each.
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
 * <p>The service is started before methods that run before each test, and verified and closed after
 * those that run after it: see {@link TunnelServiceExtension}, which also has what cannot be said
 * here. The annotation of a method counts in place of that of its class, and may stand on an
 * annotation of one's own.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@ExtendWith(TunnelServiceExtension.class)
public @interface WithTunnelService {
  /** {@return access keys that are taken, for every device} */
  String[] apiKeys() default {};

  /** {@return IDs of applications whose tokens are taken, whatever is in them} */
  String[] applications() default {};

  /** {@return IDs of gateways that are connected} */
  String[] devices() default {};

  /** {@return whether what was left open fails the test} */
  boolean failOnLeaks() default true;
}
