package io.github.devicetunnel.directory;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * A selection of devices for {@link DeviceDirectory#list}. A device must match all filters. The
 * cloud may ignore a filter, so each device is checked again. Immutable.
 *
 * <pre>{@code
 * DeviceQuery query = DeviceQuery.builder()
 *     .nameGlob("turbine-*")
 *     .states("registered")
 *     .limit(100)
 *     .build();
 * }</pre>
 */
public final class DeviceQuery {
  private static final int MIN_PAGE_SIZE = 2;
  private static final int MAX_PAGE_SIZE = 1000;
  private static final DeviceQuery ALL = builder().build();

  /** Letters, because a comma separates states in the request. */
  private static final Pattern STATE = Pattern.compile("[A-Za-z0-9_-]+");

  private final @Nullable String id;
  private final @Nullable String name;
  private final @Nullable NameGlob nameGlob;
  private final Set<String> states;
  private final Map<String, String> attributes;
  private final long limit;
  private final int pageSize;

  private DeviceQuery(Builder builder, @Nullable String id) {
    this.id = id;
    this.name = builder.name;
    this.nameGlob = builder.nameGlob;
    this.states = Collections.unmodifiableSet(new LinkedHashSet<>(builder.states));
    this.attributes = Collections.unmodifiableMap(new LinkedHashMap<>(builder.attributes));
    this.limit = builder.limit;
    this.pageSize = builder.pageSize;
  }

  /**
   * Returns a query for all devices.
   *
   * @return a query without filters
   */
  public static DeviceQuery all() {
    return ALL;
  }

  /**
   * Returns a builder for a query.
   *
   * @return a builder without filters
   */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns a query for one device by its name, or by its ID if the text is an ID. */
  static DeviceQuery one(String nameOrId) {
    return Device.isId(nameOrId)
        ? new DeviceQuery(builder(), nameOrId.toLowerCase(Locale.ROOT))
        : builder().name(nameOrId).build();
  }

  /** Returns the maximum number of devices. */
  long limit() {
    return limit;
  }

  /**
   * Adds the parameters of the request for a page. Custom attributes and globs are not sent,
   * because the cloud documents no filter for them.
   */
  void addTo(HttpUrl.Builder url) {
    boolean filtered =
        id != null
            || name != null
            || nameGlob != null
            || !states.isEmpty()
            || !attributes.isEmpty();
    // With a filter that the cloud ignores, small pages would cost many requests.
    long size = filtered ? pageSize : Math.min(pageSize, Math.max(MIN_PAGE_SIZE, limit));
    url.addQueryParameter("limit", String.valueOf(size)).addQueryParameter("order", "ASC");
    if (id != null) {
      url.addQueryParameter("id__eq", id);
    }
    if (name != null) {
      url.addQueryParameter("name__eq", name);
    }
    if (!states.isEmpty()) {
      url.addQueryParameter("state__in", String.join(",", states));
    }
  }

  /** Returns whether a device matches all filters. */
  boolean matches(DevicePage.Item item) {
    Device device = item.device();
    String exactName = item.exactName();
    return (id == null || id.equals(device.id()))
        && (name == null || name.equals(exactName))
        && (nameGlob == null || (exactName != null && nameGlob.matches(exactName)))
        && (states.isEmpty() || (device.state() != null && states.contains(device.state())))
        && attributes.entrySet().stream()
            .allMatch(e -> e.getValue().equals(device.customAttributes().get(e.getKey())));
  }

  /** Returns the requested devices as a noun phrase for messages. */
  String noun() {
    if (id != null) {
      return "the device " + id;
    }
    return name == null ? "the devices" : "the device " + DirectoryText.quoted(name);
  }

  @Override
  public String toString() {
    return "DeviceQuery[" + noun() + "]";
  }

  /** A builder for a {@link DeviceQuery}. Not thread-safe. */
  public static final class Builder {
    private @Nullable String name;
    private @Nullable NameGlob nameGlob;
    private final Set<String> states = new LinkedHashSet<>();
    private final Map<String, String> attributes = new LinkedHashMap<>();
    private long limit = Long.MAX_VALUE;
    private int pageSize = MAX_PAGE_SIZE;

    private Builder() {}

    /**
     * Selects devices with exactly this name, in the same letter case.
     *
     * @param name not empty, without control characters
     * @return this
     * @throws IllegalArgumentException if the name is invalid
     */
    public Builder name(String name) {
      checkName(name);
      this.name = name;
      return this;
    }

    /**
     * Selects devices whose whole name matches a pattern. {@code *} matches any number of
     * characters and {@code ?} exactly one; letter case matters. The cloud does not support
     * patterns, so all devices are requested.
     *
     * @param pattern not empty, without control characters
     * @return this
     * @throws IllegalArgumentException if the pattern is invalid
     */
    public Builder nameGlob(String pattern) {
      checkName(pattern);
      nameGlob = new NameGlob(pattern);
      return this;
    }

    private static void checkName(String name) {
      String defect = DirectoryText.nameDefect(name);
      if (defect != null) {
        throw new IllegalArgumentException(defect);
      }
    }

    /**
     * Selects devices in one of these states. Replaces the states of an earlier call.
     *
     * @param states such as {@code registered}; empty for any state
     * @return this
     * @throws IllegalArgumentException if a state has a character that states do not have
     */
    public Builder states(String... states) {
      for (String state : states) {
        if (!STATE.matcher(state).matches()) {
          throw new IllegalArgumentException(
              "states must be words such as registered, but one is " + DirectoryText.quoted(state));
        }
      }
      this.states.clear();
      this.states.addAll(List.of(states));
      return this;
    }

    /**
     * Selects devices with a custom attribute. May be called for several attributes, which a device
     * must all have.
     *
     * @param name the name of the attribute
     * @param value its exact value
     * @return this
     */
    public Builder attribute(String name, String value) {
      attributes.put(Objects.requireNonNull(name, "name"), Objects.requireNonNull(value, "value"));
      return this;
    }

    /**
     * Sets the maximum number of devices. Unlimited by default.
     *
     * @param devices at least 1
     * @return this
     * @throws IllegalArgumentException if the number is less than 1
     */
    public Builder limit(long devices) {
      if (devices < 1) {
        throw new IllegalArgumentException("limit must be at least 1, but is " + devices);
      }
      limit = devices;
      return this;
    }

    /**
     * Sets the number of devices in one response. 1000 by default, which is the maximum of the
     * cloud. A stream needs memory for one page.
     *
     * @param devices values below 2 and above 1000 are replaced with these limits
     * @return this
     */
    public Builder pageSize(int devices) {
      pageSize = Math.max(MIN_PAGE_SIZE, Math.min(MAX_PAGE_SIZE, devices));
      return this;
    }

    /**
     * Builds the query.
     *
     * @return the query
     */
    public DeviceQuery build() {
      return new DeviceQuery(this, null);
    }
  }
}
