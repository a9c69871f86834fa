package io.github.devicetunnel.cli.value;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds suggestions for misspelt words. */
public final class Spelling {
  private Spelling() {}

  /** Returns the candidate that is most similar to the word, or null if none is similar enough. */
  public static @Nullable String nearest(String word, Collection<String> candidates) {
    String typed = plain(word);
    String nearest = null;
    int least = Math.max(1, typed.length() / 3) + 1;
    for (String candidate : candidates) {
      String name = plain(candidate);
      // A prefix of three or more letters counts as one wrong letter.
      int distance =
          typed.length() >= 3 && name.startsWith(typed) && !name.equals(typed)
              ? 1
              : distance(typed, name);
      if (distance < least) {
        least = distance;
        nearest = candidate;
      }
    }
    return nearest;
  }

  /** Returns the most similar candidates, at most the given number, or none. */
  public static List<String> similar(String word, Collection<String> candidates, int max) {
    Set<String> left = new LinkedHashSet<>(candidates);
    List<String> similar = new ArrayList<>();
    String next;
    while (similar.size() < max && (next = nearest(word, left)) != null) {
      similar.add(next);
      left.remove(next);
    }
    return similar;
  }

  private static String plain(String word) {
    return word.toLowerCase(Locale.ROOT).replace('_', '-').replaceFirst("^-+", "");
  }

  /**
   * Returns the number of insertions, deletions, substitutions and swaps of adjacent letters that
   * turn one word into the other.
   */
  private static int distance(String a, String b) {
    int[][] distances = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        distances[i][j] = i == 0 || j == 0 ? i + j : nextDistance(distances, a, b, i, j);
      }
    }
    return distances[a.length()][b.length()];
  }

  private static int nextDistance(int[][] distances, String a, String b, int i, int j) {
    int replaced = distances[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
    int least = Math.min(replaced, 1 + Math.min(distances[i - 1][j], distances[i][j - 1]));
    boolean swapped =
        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
    return swapped ? Math.min(least, distances[i - 2][j - 2] + 1) : least;
  }
}
