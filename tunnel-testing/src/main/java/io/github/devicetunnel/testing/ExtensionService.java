package io.github.devicetunnel.testing;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;

/** The service that a JUnit extension starts and ends, kept in the store of JUnit. */
final class ExtensionService {
  private static final String SERVICE = "service";

  /** Starts a service, unless one is running in this context or an enclosing context. */
  void startUnlessRunning(ExtensionContext context, TunnelService.Builder settings)
      throws IOException {
    if (find(context) == null) {
      store(context).put(SERVICE, settings.build().start());
    }
  }

  /** Returns the service of this context or an enclosing context; null if no service is running. */
  @Nullable TunnelService find(ExtensionContext context) {
    return store(context).get(SERVICE, TunnelService.class);
  }

  /**
   * Verifies and closes the service if it was started in this context, not in an enclosing context.
   *
   * @param onEnd called before the verification
   */
  void end(ExtensionContext context, Runnable onEnd) {
    TunnelService ending = store(context).remove(SERVICE, TunnelService.class);
    if (ending == null) {
      return;
    }
    onEnd.run();
    try (ending) {
      ending.verify();
    }
  }

  static boolean isParameter(ParameterContext parameter) {
    return parameter.getParameter().getType() == TunnelService.class;
  }

  /** Returns the service for a parameter. */
  TunnelService resolve(ParameterContext parameter, ExtensionContext context) {
    TunnelService current = find(context);
    if (current == null) {
      throw new ParameterResolutionException(
          "the TunnelService is only available in tests and in methods that run before or after"
              + " each test, not in "
              + parameter.getDeclaringExecutable());
    }
    return current;
  }

  private ExtensionContext.Store store(ExtensionContext context) {
    return context.getStore(ExtensionContext.Namespace.create(this));
  }
}
