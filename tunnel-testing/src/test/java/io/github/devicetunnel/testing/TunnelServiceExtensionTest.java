package io.github.devicetunnel.testing;

import static io.github.devicetunnel.testing.Clients.DEVICE;
import static io.github.devicetunnel.testing.Clients.KEY;
import static io.github.devicetunnel.testing.Clients.SERVICE;
import static io.github.devicetunnel.testing.Clients.client;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelStream;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** Runs the nested classes with the launcher of JUnit and checks the results. */
final class TunnelServiceExtensionTest {
  private static final Set<TunnelService> SERVICES = new HashSet<>();

  @BeforeEach
  void forget() {
    SERVICES.clear();
  }

  private static TestExecutionSummary run(Class<?> tests) {
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request().selectors(selectClass(tests)).build();
    SummaryGeneratingListener summary = new SummaryGeneratingListener();
    LauncherFactory.create().execute(request, summary);
    assertThat(SERVICES).allSatisfy(service -> assertThat(service.openConnections()).isZero());
    assertThat(SERVICES)
        .allSatisfy(
            service ->
                assertThatThrownBy(service::start).isInstanceOf(IllegalStateException.class));
    return summary.getSummary();
  }

  private static void assertAllPassed(TestExecutionSummary summary, int tests) {
    assertThat(summary.getFailures()).isEmpty();
    assertThat(summary.getTestsSucceededCount()).isEqualTo(tests);
  }

  private static String failures(TestExecutionSummary summary) {
    return summary.getFailures().stream()
        .map(failure -> failure.getException().getMessage())
        .collect(Collectors.joining("\n"));
  }

  private static void useTunnel(TunnelService cloud) throws Exception {
    SERVICES.add(cloud);
    cloud.device(DEVICE).onConnect(SERVICE, stream -> stream.outputStream().write(42));
    try (TunnelClient client = client(cloud).build();
        TunnelStream stream = client.open()) {
      assertThat(stream.inputStream().read()).isEqualTo(42);
    }
  }

  @WithTunnelService(apiKeys = KEY, devices = DEVICE)
  static class Annotated {
    @BeforeEach
    void prepare(TunnelService cloud) {
      SERVICES.add(cloud);
    }

    @Test
    void usesTunnel(TunnelService cloud) throws Exception {
      assertThat(SERVICES).contains(cloud);
      useTunnel(cloud);
    }

    @Test
    @WithTunnelService(apiKeys = "ak_other")
    void usesServiceOfMethodAnnotation(TunnelService cloud) {
      assertThatThrownBy(() -> useTunnel(cloud)).hasMessageContaining("access key is not known");
    }

    @Nested
    class Inside {
      @Test
      void usesTunnel(TunnelService cloud) throws Exception {
        useTunnel(cloud);
      }
    }
  }

  @Test
  void annotationCreatesOneServicePerTest() {
    assertAllPassed(run(Annotated.class), 3);
    assertThat(SERVICES).hasSize(3);
  }

  @Retention(RetentionPolicy.RUNTIME)
  @WithTunnelService(apiKeys = KEY, devices = DEVICE)
  @interface WithTestCloud {}

  @WithTestCloud
  static class MetaAnnotated {
    @Test
    void usesTunnel(TunnelService cloud) throws Exception {
      useTunnel(cloud);
    }
  }

  @Test
  void supportsMetaAnnotation() {
    assertAllPassed(run(MetaAnnotated.class), 1);
  }

  static class WithField {
    @RegisterExtension
    final TunnelServiceExtension cloud = new TunnelServiceExtension(Clients.service());

    @Test
    void usesTunnel(TunnelService parameter) throws Exception {
      assertThat(parameter).isSameAs(cloud.service());
      useTunnel(cloud.service());
    }

    @Test
    void usesAnotherService() throws Exception {
      useTunnel(cloud.service());
    }
  }

  @Test
  void instanceFieldCreatesOneServicePerTest() {
    assertAllPassed(run(WithField.class), 2);
    assertThat(SERVICES).hasSize(2);
  }

  static class WithStaticField {
    @RegisterExtension
    static final TunnelServiceExtension CLOUD = new TunnelServiceExtension(Clients.service());

    @BeforeAll
    static void prepare(TunnelService cloud) {
      SERVICES.add(cloud);
    }

    @Test
    void usesTunnel() throws Exception {
      useTunnel(CLOUD.service());
    }

    @Test
    void usesSameService(TunnelService cloud) throws Exception {
      useTunnel(cloud);
    }

    @Nested
    class Inside {
      @Test
      void usesSameServiceInNestedClass(TunnelService cloud) throws Exception {
        useTunnel(cloud);
      }
    }
  }

  @Test
  void staticFieldSharesOneService() {
    assertAllPassed(run(WithStaticField.class), 3);
    assertThat(SERVICES).hasSize(1);
    assertThatThrownBy(WithStaticField.CLOUD::service)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("no test with this extension is running");
  }

  @WithTunnelService(apiKeys = KEY, devices = DEVICE)
  static class Leaking {
    private TunnelClient client;

    @Test
    void leavesStreamOpen(TunnelService cloud) throws Exception {
      SERVICES.add(cloud);
      cloud.device(DEVICE).onConnect(SERVICE, Clients::echo);
      client = client(cloud).build();
      client.open();
    }

    @AfterEach
    void assertClientCreated() {
      assertThat(client).isNotNull();
    }
  }

  @Test
  void leakFailsTestAndIsClosed() {
    TestExecutionSummary summary = run(Leaking.class);

    assertThat(summary.getTestsFailedCount()).isEqualTo(1);
    assertThat(failures(summary))
        .contains("tunnel 1 to " + DEVICE + "/" + SERVICE + " is still open");
  }

  @WithTunnelService(apiKeys = KEY, devices = DEVICE, failOnLeaks = false)
  static class LeakingWithoutCheck extends Leaking {}

  @Test
  void ignoresLeaksIfCheckIsDisabled() {
    assertAllPassed(run(LeakingWithoutCheck.class), 1);
  }

  static class WithLateClose extends WithField {
    private TunnelClient client;

    @Test
    void closesAfterEach() throws Exception {
      client = client(cloud.service()).drainTimeout(Duration.ZERO).build();
      cloud.service().device(DEVICE).onConnect(SERVICE, Clients::echo);
      client.open();
    }

    @AfterEach
    void close() {
      if (client != null) {
        client.close();
      }
    }
  }

  @Test
  void acceptsConnectionsClosedAfterEach() {
    assertAllPassed(run(WithLateClose.class), 3);
  }

  @WithTunnelService(apiKeys = KEY, devices = DEVICE)
  static class WithFailingHandler {
    @Test
    void failsAfterHandler(TunnelService cloud) throws Exception {
      cloud
          .device(DEVICE)
          .onConnect(
              SERVICE,
              stream -> {
                throw new IllegalStateException("a defect of the handler");
              });
      try (TunnelClient client = client(cloud).build()) {
        client.open().close();
      }
      throw new AssertionError("the test's own failure");
    }
  }

  @Test
  void failureOfTestTakesPrecedence() {
    TestExecutionSummary summary = run(WithFailingHandler.class);

    assertThat(summary.getFailures()).hasSize(1);
    assertThat(summary.getFailures().get(0).getException())
        .hasMessage("the test's own failure")
        .satisfies(
            failure ->
                assertThat(failure.getSuppressed())
                    .anySatisfy(e -> assertThat(e).hasMessageContaining("defect of the handler")));
  }

  @WithTunnelService
  static class UsingServiceInConstructor {
    UsingServiceInConstructor(TunnelService cloud) {
      assertThat(cloud).isNull();
    }

    @Test
    void isNeverRun() {}
  }

  @Test
  void explainsUseInConstructor() {
    assertThat(failures(run(UsingServiceInConstructor.class)))
        .contains("the TunnelService is only available in tests and");
  }
}
