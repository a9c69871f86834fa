package io.github.devicetunnel.directory;

import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.internal.cloud.CloudAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Spliterator;
import java.util.Spliterators.AbstractSpliterator;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * The devices of an account, from the REST API of the cloud. Requests use the access key, the
 * connections and the settings of a {@link TunnelClient}; see {@link TunnelClient#callFactory} for
 * their timeouts. The access key needs the right to read devices.
 *
 * <pre>{@code
 * DeviceDirectory directory = DeviceDirectory.of(client);
 * Device turbine = directory.find("turbine-7");
 * try (Stream<Device> registered =
 *     directory.list(DeviceQuery.builder().states("registered").build())) {
 *   registered.forEach(device -> System.out.println(device.name()));
 * }
 * }</pre>
 *
 * <p>Immutable and thread-safe. Keeps no devices; {@link #resolver()} has a cache.
 */
public final class DeviceDirectory {
  private static final String LOOPBACK = "127.0.0.1";

  private final String cloudUri;
  private final DirectoryRequests requests;

  private DeviceDirectory(String cloudUri, DirectoryRequests requests) {
    this.cloudUri = cloudUri;
    this.requests = requests;
  }

  /**
   * Returns the directory of a client's cloud. Sends no request.
   *
   * @param client a client with an access key. The directory is usable until the client is closed;
   *     it then throws {@link IllegalStateException}
   * @return the directory
   * @throws IllegalStateException if the client is closed or has a JWT
   */
  public static DeviceDirectory of(TunnelClient client) {
    String cloudUri = client.cloudUri();
    return new DeviceDirectory(
        cloudUri, new DirectoryRequests(client.callFactory(), CloudAddress.parse(cloudUri).base()));
  }

  /**
   * Finds the only device with a name. Sends one request, and more only if the cloud ignores the
   * filter. Blocks until the answer is complete.
   *
   * @param name the exact name, in the same letter case. 32 hex digits are always an ID
   * @return the device
   * @throws UnknownDeviceException if there is no such device
   * @throws DirectoryException if several devices have this name; the message lists the IDs and
   *     states of two of them. Also if the directory cannot be read
   * @throws java.io.InterruptedIOException if the thread is interrupted; its interrupt status stays
   *     set
   * @throws IllegalArgumentException if the name is empty, has control characters, or is longer
   *     than 500 characters
   * @throws IllegalStateException if the client is closed
   */
  public Device find(String name) throws IOException {
    DeviceListing listing = new DeviceListing(requests, DeviceQuery.one(name));
    Device found = listing.next();
    if (found == null) {
      throw new UnknownDeviceException(name);
    }
    Device second = listing.next();
    if (second != null) {
      throw DirectoryException.invalid(
          "several devices have the name "
              + DirectoryText.quoted(name)
              + ": "
              + shown(found)
              + " and "
              + shown(second)
              + "; use the device ID, or change one of the names",
          null);
    }
    return found;
  }

  private static String shown(Device device) {
    return device.id() + " (" + (device.state() == null ? "unknown state" : device.state()) + ")";
  }

  /**
   * Lists devices. The stream requests a page when it needs the next device, and holds one page in
   * memory. The stream can be abandoned at any point.
   *
   * <p>Reading the stream throws an {@link UncheckedIOException} whose cause is a {@link
   * DirectoryException} if the directory cannot be read, or an {@link
   * java.io.InterruptedIOException} if the thread is interrupted. It also fails if the cloud
   * repeats devices, has more pages without a device, or sends more than 10,000 pages. A device
   * without a valid ID is skipped, with a warning in the log. The maximum size of a page is 16 MiB.
   *
   * @param query the devices to list, and the maximum number
   * @return a sequential stream in the order of the cloud; closing it is not required
   */
  public Stream<Device> list(DeviceQuery query) {
    return StreamSupport.stream(new Listed(new DeviceListing(requests, query)), false);
  }

  private static final class Listed extends AbstractSpliterator<Device> {
    private final DeviceListing listing;

    Listed(DeviceListing listing) {
      super(Long.MAX_VALUE, Spliterator.ORDERED | Spliterator.NONNULL);
      this.listing = listing;
    }

    @Override
    public boolean tryAdvance(Consumer<? super Device> action) {
      Device device;
      try {
        device = listing.next();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      if (device == null) {
        return false;
      }
      action.accept(device);
      return true;
    }
  }

  /**
   * Returns a resolver from device names to services on the gateway's loopback address.
   *
   * @return a resolver with an empty cache
   */
  public DirectoryResolver resolver() {
    return resolver(LOOPBACK);
  }

  /**
   * Returns a resolver from device names to services on a host, as the gateway sees it.
   *
   * @param serviceHost name or IP address of the services, such as {@code 127.0.0.1}
   * @return a resolver with an empty cache
   * @throws IllegalArgumentException if the host is invalid
   */
  public DirectoryResolver resolver(String serviceHost) {
    return new DirectoryResolver(this::find, serviceHost, System::nanoTime);
  }

  /** Returns the cloud, without secrets. */
  @Override
  public String toString() {
    return "DeviceDirectory[" + cloudUri + "]";
  }
}
