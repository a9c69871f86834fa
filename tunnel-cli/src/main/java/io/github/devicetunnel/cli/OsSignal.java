package io.github.devicetunnel.cli;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A signal of the operating system, as INT, TERM or HUP. */
final class OsSignal {
  private static final Logger LOG = LoggerFactory.getLogger(OsSignal.class);

  private OsSignal() {}

  /**
   * From now on the signal does this instead of ending the process. Java leaves alone what nohup,
   * or a shell's {@code &}, has told this process to ignore.
   *
   * @param handler takes the signal's number, on a thread of its own for each that comes
   */
  static void handle(String name, IntConsumer handler) {
    try {
      register(name, handler);
    } catch (ReflectiveOperationException | IllegalArgumentException e) {
      // Not on this system, or reserved by java -Xrs: then it ends the process as usual.
      LOG.debug("SIG{} cannot be handled", name, e);
    }
  }

  /**
   * By reflection: {@code javac --release} hides these classes, which every JDK has all the same.
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
