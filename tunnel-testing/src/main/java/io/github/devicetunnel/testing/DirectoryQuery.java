package io.github.devicetunnel.testing;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * The query of a request for a page of the device directory.
 *
 * @param limit the maximum number of devices in the page
 * @param ascending whether devices are in ascending order
 * @param after the device after which the page begins, in lower case; null for the first page
 * @param includesTotalCount whether the page states the number of devices of all pages
 * @param filters the filters that all devices of the page match
 */
record DirectoryQuery(
    int limit,
    boolean ascending,
    @Nullable String after,
    boolean includesTotalCount,
    List<Predicate<DirectoryItem>> filters) {
  private static final int MIN_LIMIT = 2;
  private static final int MAX_LIMIT = 1_000;
  private static final int DEFAULT_LIMIT = 50;

  /**
   * Parses the query of a request.
   *
   * @param ignoreFilters whether filters are ignored, including unknown ones
   */
  static DirectoryQuery parse(HttpUrl url, boolean ignoreFilters) throws RejectedException {
    int limit = DEFAULT_LIMIT;
    boolean ascending = true;
    String after = null;
    boolean includesTotalCount = false;
    List<Predicate<DirectoryItem>> filters = new ArrayList<>();
    List<ServiceError.Field> wrong = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < url.querySize(); i++) {
      String name = url.queryParameterName(i);
      String value = Objects.requireNonNullElse(url.queryParameterValue(i), "");
      try {
        if (!seen.add(name)) {
          throw new IllegalArgumentException("must not be repeated");
        }
        switch (name) {
          case "limit" -> limit = limit(value);
          case "order" -> ascending = isAscending(value);
          case "after" -> after = deviceId(value);
          case "include" -> includesTotalCount = isTotalCount(value);
          default -> {
            if (!ignoreFilters || !DirectoryFilter.isFilter(name)) {
              filters.add(DirectoryFilter.parse(name, value));
            }
          }
        }
      } catch (IllegalArgumentException e) {
        wrong.add(new ServiceError.Field(name, String.valueOf(e.getMessage())));
      }
    }
    if (!wrong.isEmpty()) {
      throw RejectedException.invalid(wrong);
    }
    return new DirectoryQuery(limit, ascending, after, includesTotalCount, List.copyOf(filters));
  }

  boolean matches(DirectoryItem item) {
    return filters.stream().allMatch(filter -> filter.test(item));
  }

  private static String deviceId(String value) {
    String id = value.toLowerCase(Locale.ROOT);
    if (!ConnectionPath.isDeviceId(id)) {
      throw new IllegalArgumentException("must be 32 hexadecimal digits");
    }
    return id;
  }

  private static int limit(String value) {
    try {
      return Math.min(Math.max(Integer.parseInt(value), MIN_LIMIT), MAX_LIMIT);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("must be a number", e);
    }
  }

  private static boolean isAscending(String value) {
    return switch (value) {
      case "ASC" -> true;
      case "DESC" -> false;
      default -> throw new IllegalArgumentException("must be ASC or DESC");
    };
  }

  private static boolean isTotalCount(String value) {
    if (!value.equals("total_count")) {
      throw new IllegalArgumentException("must be total_count");
    }
    return true;
  }
}
