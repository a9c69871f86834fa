package io.github.devicetunnel.cli.process;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Handles signals of the operating system, such as INT, TERM and HUP. */
final class OsSignal {
  private static final Logger LOG = LoggerFactory.getLogger(OsSignal.class);

  private OsSignal() {}

  /**
   * Replaces the default action of a signal, which is to end the process. A signal that {@code
   * nohup} or a shell's {@code &} ignores for this process stays ignored.
   *
   * @param name of the signal, without SIG
   * @param handler receives the number of the signal, on a new thread for each signal
   */
  static void handle(String name, IntConsumer handler) {
    try {
      register(name, handler);
    } catch (ReflectiveOperationException | IllegalArgumentException e) {
      // The system does not have the signal, or java -Xrs reserves it. It keeps its default action.
      LOG.debug("SIG{} cannot be handled", name, e);
    }
  }

  /**
   * Registers a handler by reflection, because {@code javac --release} hides these classes,
   * although every JDK contains them.
   */
  private static void register(String name, IntConsumer action)
      throws ReflectiveOperationException {
    Class<?> signalType = Class.forName("sun.misc.Signal");
    Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
    Object signal = signalType.getConstructor(String.class).newInstance(name);
    int number = (int) signalType.getMethod("getNumber").invoke(signal);
    InvocationHandler handler =
        (proxy, method, arguments) ->
            switch (method.getName()) {
              case "handle" -> {
                action.accept(number);
                yield null;
              }
              case "equals" -> proxy == arguments[0];
              case "hashCode" -> System.identityHashCode(proxy);
              default -> "handler of SIG" + name;
            };
    Object proxy =
        Proxy.newProxyInstance(
            OsSignal.class.getClassLoader(), new Class<?>[] {handlerType}, handler);
    Method handle = signalType.getMethod("handle", signalType, handlerType);
    handle.invoke(null, signal, proxy);
  }
}
