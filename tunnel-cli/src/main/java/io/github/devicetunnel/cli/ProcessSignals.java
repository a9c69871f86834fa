package io.github.devicetunnel.cli;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The signals of this process. A shutdown hook would not do: it cannot tell a second signal from
 * the first, nor let the main thread choose the exit code.
 */
final class ProcessSignals implements StopSignals {
  private static final Logger LOG = LoggerFactory.getLogger(ProcessSignals.class);
  private static final String[] NAMES = {"INT", "TERM", "HUP"};

  private final CountDownLatch first = new CountDownLatch(1);
  private final AtomicBoolean stopping = new AtomicBoolean();

  /** Java leaves alone what nohup, or a shell's {@code &}, has told this process to ignore. */
  @Override
  public void watch() {
    for (String name : NAMES) {
      try {
        handle(name);
      } catch (ReflectiveOperationException | IllegalArgumentException e) {
        // Not on this system, or reserved by java -Xrs: then it ends the process as usual.
        LOG.debug("SIG{} cannot be handled", name, e);
      }
    }
  }

  @Override
  public void await() throws InterruptedException {
    first.await();
  }

  /**
   * By reflection: {@code javac --release} hides these classes, which every JDK has all the same.
   */
  private void handle(String name) throws ReflectiveOperationException {
    Class<?> signalType = Class.forName("sun.misc.Signal");
    Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
    Object signal = signalType.getConstructor(String.class).newInstance(name);
    int number = (int) signalType.getMethod("getNumber").invoke(signal);
    InvocationHandler handler =
        (proxy, method, arguments) ->
            switch (method.getName()) {
              case "handle" -> {
                received(number);
                yield null;
              }
              case "equals" -> proxy == arguments[0];
              case "hashCode" -> System.identityHashCode(proxy);
              default -> "handler of SIG" + name;
            };
    Object proxy =
        Proxy.newProxyInstance(
            ProcessSignals.class.getClassLoader(), new Class<?>[] {handlerType}, handler);
    Method register = signalType.getMethod("handle", signalType, handlerType);
    register.invoke(null, signal, proxy);
  }

  private void received(int number) {
    if (stopping.compareAndSet(false, true)) {
      first.countDown();
    } else {
      Runtime.getRuntime().halt(ExitCode.SIGNAL + number);
    }
  }
}
