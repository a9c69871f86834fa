package io.github.devicetunnel.cli.devices;

import io.github.devicetunnel.cli.console.Console;
import io.github.devicetunnel.directory.Device;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Prints devices as a table. The first devices determine the widths of its columns, so that a long
 * list is printed while it arrives.
 */
final class DeviceTable implements DeviceOutput {
  /** Fewer than the smallest page of a cloud usually has. */
  private static final int ROWS_MEASURED = 40;

  private static final int MAX_NAME_WIDTH = 40;

  private record Row(String name, String id, String state, String updated) {
    static final Row HEADER = new Row("NAME", "ID", "STATE", "UPDATED");

    static Row of(Device device) {
      return new Row(
          shown(device.name()),
          device.id(),
          shown(device.state()),
          device.updatedAt() == null
              ? "-"
              : device.updatedAt().truncatedTo(ChronoUnit.SECONDS).toString());
    }

    private static String shown(@Nullable String text) {
      return text == null || text.isBlank() ? "-" : text;
    }
  }

  private final Console console;
  private final List<Row> first = new ArrayList<>(List.of(Row.HEADER));
  private @Nullable String format;

  DeviceTable(Console console) {
    this.console = console;
  }

  @Override
  public void add(Device device) {
    Row row = Row.of(device);
    if (format != null) {
      print(row, format);
    } else {
      first.add(row);
      if (first.size() > ROWS_MEASURED) {
        printFirst();
      }
    }
  }

  @Override
  public void end(boolean isComplete) {
    if (format == null && first.size() > 1) {
      printFirst();
    }
    if (first.size() == 1 && isComplete) {
      console.status("No devices found");
    }
  }

  private void printFirst() {
    int name = first.stream().mapToInt(row -> row.name.length()).max().orElse(0);
    int state = first.stream().mapToInt(row -> row.state.length()).max().orElse(0);
    String columns = "%-" + Math.min(name, MAX_NAME_WIDTH) + "s  %-32s  %-" + state + "s  %s";
    format = columns;
    first.forEach(row -> print(row, columns));
  }

  private void print(Row row, String columns) {
    console.result(String.format(columns, row.name, row.id, row.state, row.updated));
  }
}
