package io.github.devicetunnel.directory;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One page of a listing.
 *
 * @param items the devices with a valid ID
 * @param skipped number of devices without a valid ID
 * @param hasMore whether the cloud announces another page
 */
record DevicePage(List<Item> items, int skipped, boolean hasMore) {
  /**
   * A device of a page.
   *
   * @param exactName the name as the cloud sent it; null if there is none, or if it is shown in
   *     another form
   * @param position the ID as the cloud sent it, which is the position of the next page
   */
  record Item(Device device, @Nullable String exactName, String position) {}
}
