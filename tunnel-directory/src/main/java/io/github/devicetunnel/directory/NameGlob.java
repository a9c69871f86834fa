package io.github.devicetunnel.directory;

/** A pattern for names with {@code *} and {@code ?}. Matches in quadratic time at most. */
final class NameGlob {
  private final String pattern;

  NameGlob(String pattern) {
    this.pattern = pattern;
  }

  /** Returns whether the whole name matches. */
  boolean matches(String name) {
    int p = 0;
    int n = 0;
    int star = -1; // the last one so far
    int resume = 0; // the position in the name after the text that the star matches
    while (n < name.length()) {
      if (p < pattern.length() && pattern.charAt(p) == '*') {
        star = p++;
        resume = n;
      } else if (p < pattern.length()
          && (pattern.charAt(p) == '?' || pattern.charAt(p) == name.charAt(n))) {
        p++;
        n++;
      } else if (star >= 0) {
        p = star + 1;
        n = ++resume;
      } else {
        return false;
      }
    }
    while (p < pattern.length() && pattern.charAt(p) == '*') {
      p++;
    }
    return p == pattern.length();
  }

  @Override
  public String toString() {
    return pattern;
  }
}
