package io.github.devicetunnel.benchmarks.pressure;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** Measures the live heap of another JVM. */
final class LiveHeap implements AutoCloseable {
  private final JMXConnector connector;
  private final MemoryMXBean memory;

  private LiveHeap(JMXConnector connector) throws IOException {
    this.connector = connector;
    this.memory =
        ManagementFactory.newPlatformMXBeanProxy(
            connector.getMBeanServerConnection(),
            ManagementFactory.MEMORY_MXBEAN_NAME,
            MemoryMXBean.class);
  }

  @SuppressWarnings("BanJNDI") // The other end is a child process on this machine.
  static LiveHeap of(ChildJvm jvm) throws IOException {
    try {
      VirtualMachine machine = VirtualMachine.attach(Long.toString(jvm.pid()));
      try {
        String url = machine.startLocalManagementAgent();
        return new LiveHeap(JMXConnectorFactory.connect(new JMXServiceURL(url)));
      } finally {
        machine.detach();
      }
    } catch (AttachNotSupportedException e) {
      throw new IOException("cannot attach to the child", e);
    }
  }

  /** Runs the garbage collector and returns the used heap in KiB. */
  long kib() {
    memory.gc();
    memory.gc(); // collects what cleaners released after the first run
    return memory.getHeapMemoryUsage().getUsed() >> 10;
  }

  @Override
  public void close() throws IOException {
    connector.close();
  }
}
