package io.github.devicetunnel.it.support;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/** Debian's PostgreSQL server with an empty database, which trusts every client on this machine. */
public final class PostgresServer implements AutoCloseable {
  public static final String SUPERUSER = "postgres";
  public static final String DATABASE = "postgres";

  private final ServerProgram program;

  private PostgresServer(ServerProgram program) {
    this.program = program;
  }

  /** Starts a server with its files in a folder. */
  public static PostgresServer started(Path folder) throws Exception {
    String initdb = Externals.postgresProgram("initdb");
    String postgres = Externals.postgresProgram("postgres");
    Path home = createHome(folder);
    String data = home.resolve("data").toString();
    List<String> create =
        asOwner(initdb, "-D", data, "-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--locale=C");
    create.add("--no-sync");
    ProgramRun.in(home, create).succeed();
    return new PostgresServer(
        ServerProgram.started(
            home,
            "INT",
            "database system is ready to accept connections",
            port -> command(postgres, home, data, port)));
  }

  private static List<String> command(String postgres, Path home, String data, int port) {
    List<String> command = asOwner(postgres, "-D", data, "-h", "127.0.0.1");
    command.addAll(List.of("-p", Integer.toString(port), "-k", home.toString(), "-c", "fsync=off"));
    return command;
  }

  /**
   * Returns a command that runs as another user if this process is root: the server rejects root.
   */
  private static List<String> asOwner(String... command) {
    List<String> line = new ArrayList<>();
    if (isRoot()) {
      String user = SUPERUSER;
      line.addAll(List.of("setpriv", "--reuid", user, "--regid", user, "--init-groups", "--"));
    }
    line.addAll(List.of(command));
    return line;
  }

  private static boolean isRoot() {
    return System.getProperty("user.name").equals("root");
  }

  private static Path createHome(Path folder) throws IOException {
    Path home = Files.createDirectory(folder.resolve("postgres"));
    if (isRoot()) {
      Externals.program("setpriv");
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
      Files.setOwner(
          home,
          home.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(SUPERUSER));
    }
    return home;
  }

  public String serviceAddress() {
    return program.serviceAddress();
  }

  public int port() {
    return program.port();
  }

  @Override
  public void close() throws IOException {
    program.close();
  }
}
