package io.github.devicetunnel.internal.cloud;

import org.jspecify.annotations.Nullable;

/**
 * The text of a page from a server in front of the service. Takes linear time for any page: with a
 * regular expression, a page of many opening brackets keeps the processor busy for a second.
 */
final class HtmlPage {
  private HtmlPage() {}

  /** Returns the title of a page, or else its text without tags. */
  static String summary(String page) {
    String title = title(page);
    return title == null ? withoutTags(page) : title;
  }

  private static @Nullable String title(String page) {
    int tag = indexOf(page, "<title", 0);
    int start = tag < 0 ? -1 : page.indexOf('>', tag);
    int end = start < 0 ? -1 : indexOf(page, "</title>", start);
    return end < 0 ? null : page.substring(start + 1, end);
  }

  /** Returns the position of a text in any letter case, or -1. */
  private static int indexOf(String page, String text, int from) {
    for (int i = from; i <= page.length() - text.length(); i++) {
      if (page.regionMatches(true, i, text, 0, text.length())) {
        return i;
      }
    }
    return -1;
  }

  private static String withoutTags(String page) {
    StringBuilder text = new StringBuilder();
    int done = 0;
    int start;
    int end;
    while ((start = page.indexOf('<', done)) >= 0 && (end = page.indexOf('>', start)) >= 0) {
      text.append(page, done, start).append(' ');
      done = end + 1;
    }
    return text.append(page, done, page.length()).toString();
  }
}
