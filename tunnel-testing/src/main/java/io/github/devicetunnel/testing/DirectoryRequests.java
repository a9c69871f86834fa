package io.github.devicetunnel.testing;

import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import mockwebserver3.MockResponse;
import mockwebserver3.RecordedRequest;

/** Answers requests for the device directory: {@code GET /v3/devices/}. */
final class DirectoryRequests {
  private final TestDirectory directory;
  private final Devices devices;
  private final Access access;
  private final HeldRequests held;

  DirectoryRequests(TestDirectory directory, Devices devices, Access access, HeldRequests held) {
    this.directory = directory;
    this.devices = devices;
    this.access = access;
    this.held = held;
  }

  static boolean isDirectory(RecordedRequest request) {
    List<String> path = request.getUrl().pathSegments();
    return request.getMethod().equals("GET")
        && (path.equals(List.of("v3", "devices")) || path.equals(List.of("v3", "devices", "")));
  }

  MockResponse answer(RecordedRequest request) throws InterruptedException {
    Fault fault = held.awaitDelays(directory.takeFault());
    String target = request.getTarget();
    if (fault instanceof Fault.NoAnswer) {
      held.hang(request, target, () -> directory.record(target));
      return Fault.reject(503).toResponse(); // never delivered
    }
    directory.record(target);
    if (fault instanceof Fault.Rejection rejection) {
      return rejection.toResponse();
    }
    try {
      return toResponse(page(request).toJson());
    } catch (RejectedException e) {
      return e.rejection().toResponse();
    }
  }

  private DirectoryPage page(RecordedRequest request) throws RejectedException {
    Predicate<String> visible = access.visibleDevices(request.getHeaders());
    DirectoryQuery query = DirectoryQuery.parse(request.getUrl(), directory.ignoresFilters());
    Comparator<DirectoryItem> byId = Comparator.comparing(DirectoryItem::id);
    Comparator<DirectoryItem> order = query.ascending() ? byId : byId.reversed();
    List<DirectoryItem> matching =
        devices.all().stream()
            .filter(device -> visible.test(device.id()))
            .map(TestDevice::directoryItem)
            .filter(query::matches)
            .sorted(order)
            .toList();
    List<DirectoryItem> rest = directory.repeatsPages() ? matching : after(query, matching);
    List<DirectoryItem> data = rest.stream().limit(query.limit()).toList();
    boolean hasMore =
        rest.size() > data.size() || directory.repeatsPages() || directory.hasMoreForever();
    return new DirectoryPage(query, data, hasMore, matching.size());
  }

  private static List<DirectoryItem> after(DirectoryQuery query, List<DirectoryItem> items) {
    String after = query.after();
    return after == null
        ? items
        : items.stream()
            .filter(item -> (item.id().compareTo(after) > 0) == query.ascending())
            .filter(item -> !item.id().equals(after))
            .toList();
  }

  private MockResponse toResponse(String json) {
    String body = directory.truncatesPages() ? json.substring(0, json.length() / 2) : json;
    return new MockResponse.Builder()
        .setHeader("Content-Type", "application/json")
        .body(body)
        .build();
  }
}
