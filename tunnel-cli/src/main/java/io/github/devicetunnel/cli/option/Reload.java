package io.github.devicetunnel.cli.option;

import io.github.devicetunnel.cli.config.Config;
import io.github.devicetunnel.cli.config.ConfigFile;
import io.github.devicetunnel.cli.console.Console;
import io.github.devicetunnel.cli.failure.CommandFailure;
import io.github.devicetunnel.cli.listen.ListenerChange;
import io.github.devicetunnel.cli.listen.Listeners;
import io.github.devicetunnel.cli.process.BlockingTasks;
import io.github.devicetunnel.cli.process.Environment;
import io.github.devicetunnel.cli.process.StoppedException;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies changes of the {@code --config} file and of certificates to a running program. A failure
 * is reported and changes nothing.
 */
public final class Reload {
  private static final Logger LOG = LoggerFactory.getLogger(Reload.class);

  /** The maximum time to read files, resolve names and check the credential. */
  private static final Duration MAX_TIME = Duration.ofSeconds(30);

  private final ListenOptions listen;
  private final CloudOptions cloud;
  private final Environment environment;
  private final Config config;
  private final Console console;
  private final BlockingTasks tasks;

  public Reload(
      ListenOptions listen,
      CloudOptions cloud,
      Environment environment,
      Config config,
      Console console) {
    this.listen = listen;
    this.cloud = cloud;
    this.environment = environment;
    this.config = config;
    this.console = console;
    this.tasks = new BlockingTasks(environment.stopSignals());
  }

  /** A configuration that is read and validated, and the resulting change. */
  private record Plan(ConfigFile file, ListenerChange change) {}

  /**
   * Reads the file again, opens and closes listeners accordingly, and reloads certificates. Returns
   * early if a signal stops the program.
   */
  public void run(Listeners listeners) throws InterruptedException {
    try {
      reloadListeners(listeners);
      reloadCertificates();
    } catch (StoppedException e) {
      LOG.debug("the reload is abandoned", e);
    }
  }

  private void reloadListeners(Listeners listeners) throws InterruptedException {
    try {
      Plan plan = tasks.call(() -> plan(listeners), late -> late.change.discard(), MAX_TIME);
      console.deviceNames().setConfigured(plan.file.book().namesById());
      listeners.apply(plan.change, cloud.drainTimeout());
      List<String> restart = config.differences(plan.file);
      if (!restart.isEmpty()) {
        console.warn(
            plan.file.name()
                + ": restart the program to apply the changes to: "
                + String.join(", ", restart));
      }
      console.status("Reloaded " + plan.file.name());
    } catch (StoppedException e) {
      throw e;
    } catch (RuntimeException | Error e) {
      // An Error, such as a lack of memory or threads, must not end the open connections.
      reportUnchanged("The listeners are unchanged", e);
    }
  }

  private Plan plan(Listeners listeners) {
    ConfigFile fresh = config.reread();
    return new Plan(
        fresh,
        listeners.prepare(listen.specsAfterReload(fresh, config, cloud, environment, console)));
  }

  private void reloadCertificates() throws InterruptedException {
    try {
      reportReloaded(tasks.call(cloud::reloadCertificates, this::reportReloaded, MAX_TIME));
    } catch (StoppedException e) {
      throw e;
    } catch (RuntimeException | Error e) {
      reportUnchanged("The certificates are unchanged", e);
    }
  }

  private void reportReloaded(List<String> files) {
    if (!files.isEmpty()) {
      console.status("Reloaded " + String.join(", ", files) + " for new connections");
    }
  }

  private void reportUnchanged(String hint, Throwable failure) {
    if (failure instanceof CommandFailure) {
      console.error(failure.getMessage());
    } else {
      LOG.debug("the reload failed", failure);
      console.error("the reload failed; check the limits of memory and threads: " + failure);
    }
    console.hint(hint);
  }
}
