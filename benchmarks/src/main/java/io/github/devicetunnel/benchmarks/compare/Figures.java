package io.github.devicetunnel.benchmarks.compare;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The measurements: one value per row, peer and round. */
final class Figures {
  private final Map<String, Map<String, List<Double>>> rows = new HashMap<>();

  void add(String row, String peer, double value) {
    rows.computeIfAbsent(row, unused -> new HashMap<>())
        .computeIfAbsent(peer, unused -> new ArrayList<>())
        .add(value);
  }

  /** Returns a Markdown table with medians, spreads and the ratios to the median of the base. */
  String table(List<String> rowNames, List<String> peers, String base) {
    StringBuilder text = new StringBuilder("| |");
    peers.forEach(peer -> text.append(' ').append(peer).append(" |"));
    text.append("\n|---|");
    peers.forEach(peer -> text.append("---|"));
    for (String row : rowNames) {
      text.append("\n| ").append(row).append(" |");
      for (String peer : peers) {
        text.append(' ').append(cell(row, peer, base)).append(" |");
      }
    }
    return text.append('\n').toString();
  }

  /** Returns the ratio of two medians. */
  double ratio(String row, String peer, String base) {
    return median(values(row, peer)) / median(values(row, base));
  }

  private String cell(String row, String peer, String base) {
    List<Double> values = values(row, peer);
    if (values.isEmpty()) {
      return "–";
    }
    String text =
        number(median(values))
            + " ("
            + number(values.get(0))
            + "–"
            + number(values.get(values.size() - 1))
            + ")";
    List<Double> others = values(row, base);
    return others.isEmpty() || peer.equals(base)
        ? text
        : text + String.format(Locale.ROOT, " **%.2f**", ratio(row, peer, base));
  }

  private List<Double> values(String row, String peer) {
    return rows.getOrDefault(row, Map.of()).getOrDefault(peer, List.of()).stream()
        .sorted()
        .toList();
  }

  private static double median(List<Double> sorted) {
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.2f", value);
  }
}
