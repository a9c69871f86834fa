package io.github.devicetunnel.testing;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;

/** Parses the filters of the device directory: query parameters {@code FIELD__OPERATOR=VALUE}. */
final class DirectoryFilter {
  private static final String SEPARATOR = "__";
  private static final String CUSTOM_ATTRIBUTES = "custom_attributes" + SEPARATOR;

  private DirectoryFilter() {}

  /**
   * Returns a filter.
   *
   * @throws IllegalArgumentException if the directory has no such filter, or the value is malformed
   */
  static Predicate<DirectoryItem> parse(String parameter, String value) {
    int end = parameter.lastIndexOf(SEPARATOR);
    if (end < 0) {
      throw new IllegalArgumentException("is not a parameter of the device directory");
    }
    String field = parameter.substring(0, end);
    String operator = parameter.substring(end + SEPARATOR.length());
    if (field.startsWith(CUSTOM_ATTRIBUTES)) {
      return ofCustomAttribute(field.substring(CUSTOM_ATTRIBUTES.length()), operator, value);
    }
    if (DirectoryItem.TEXT_FIELDS.contains(field)) {
      return ofText(field, operator, value);
    }
    if (DirectoryItem.TIME_FIELDS.contains(field)) {
      return ofTime(field, operator, value);
    }
    throw new IllegalArgumentException("must filter a field of devices");
  }

  static boolean isFilter(String parameter) {
    return parameter.contains(SEPARATOR);
  }

  private static Predicate<DirectoryItem> ofText(String field, String operator, String value) {
    Set<String> values = new HashSet<>(Arrays.asList(value.split(",", -1)));
    return switch (operator) {
      case "eq" -> item -> item.text(field).equals(value);
      case "neq" -> item -> !item.text(field).equals(value);
      case "in" -> item -> values.contains(item.text(field));
      case "nin" -> item -> !values.contains(item.text(field));
      default -> throw new IllegalArgumentException("must have the operator eq, neq, in or nin");
    };
  }

  private static Predicate<DirectoryItem> ofTime(String field, String operator, String value) {
    Instant limit = time(value);
    return switch (operator) {
      case "gte" -> item -> !item.time(field).isBefore(limit);
      case "lte" -> item -> !item.time(field).isAfter(limit);
      default -> throw new IllegalArgumentException("must have the operator gte or lte");
    };
  }

  private static Predicate<DirectoryItem> ofCustomAttribute(
      String name, String operator, String value) {
    if (!operator.equals("eq")) {
      throw new IllegalArgumentException("must have the operator eq");
    }
    return item -> value.equals(item.customAttributes().get(name));
  }

  private static Instant time(String value) {
    try {
      return OffsetDateTime.parse(value).toInstant();
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException("must be a time such as 2026-01-31T12:00:00Z", e);
    }
  }
}
