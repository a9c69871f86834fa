package io.github.devicetunnel.directory;

import java.io.IOException;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The devices that match a query, page by page. Holds one page. Throws if the listing does not end;
 * see docs/rationale/devices.md. Not thread-safe.
 */
final class DeviceListing {
  private static final Logger LOG = LoggerFactory.getLogger(DeviceListing.class);

  /** Ten million devices in pages of the default size. */
  static final int MAX_PAGES = 10_000;

  private final DirectoryRequests requests;
  private final DeviceQuery query;

  private Iterator<DevicePage.Item> items = List.<DevicePage.Item>of().iterator();
  private boolean hasMore = true;
  private long left;

  private int pages;
  private @Nullable String after;
  private Set<String> previousIds = Set.of();
  private final Set<String> lastIds = new HashSet<>(); // of all pages
  private boolean warned;

  DeviceListing(DirectoryRequests requests, DeviceQuery query) {
    this.requests = requests;
    this.query = query;
    this.left = query.limit();
  }

  /** Returns the next device, or null at the end. Requests a page only if it is needed. */
  @Nullable Device next() throws IOException {
    while (left > 0) {
      while (items.hasNext()) {
        DevicePage.Item item = items.next();
        if (query.matches(item)) {
          left--;
          return item.device();
        }
      }
      if (!hasMore) {
        return null;
      }
      nextPage();
    }
    return null;
  }

  private void nextPage() throws IOException {
    items = List.<DevicePage.Item>of().iterator(); // releases the page before the next arrives
    if (pages == MAX_PAGES) {
      throw invalid("does not end after " + MAX_PAGES + " pages");
    }
    DevicePage page = requests.page(query, after);
    pages++;
    checkIds(page.items());
    if (page.hasMore() && page.items().isEmpty()) {
      throw invalid("has more pages, but page " + pages + " contains no valid device");
    }
    if (page.skipped() > 0 && !warned) {
      warned = true;
      LOG.warn(
          "The device directory returned {} devices without a valid ID on page {}, which are"
              + " skipped; report it to the operators of the cloud",
          page.skipped(),
          pages);
    }
    hasMore = page.hasMore();
    items = page.items().iterator();
  }

  /** Fails if the page repeats a device, which would never end. */
  private void checkIds(List<DevicePage.Item> page) throws DirectoryException {
    Set<String> ids = new HashSet<>();
    for (DevicePage.Item item : page) {
      String id = item.device().id();
      if (!ids.add(id) || previousIds.contains(id) || lastIds.contains(id)) {
        throw invalid("repeats the device " + id + " on page " + pages);
      }
      after = item.position();
    }
    previousIds = ids;
    if (after != null) {
      lastIds.add(after);
    }
  }

  private DirectoryException invalid(String defect) {
    return DirectoryException.invalid(
        "the answer to the request for "
            + query.noun()
            + " "
            + defect
            + "; report it to the operators of the cloud",
        null);
  }
}
