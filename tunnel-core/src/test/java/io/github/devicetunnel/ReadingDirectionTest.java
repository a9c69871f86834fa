package io.github.devicetunnel;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * The code reads in one direction: public API, local side, tunnel, websocket. Each floor knows
 * those below it; the words at the bottom are known by all.
 */
class ReadingDirectionTest {
  private static final List<List<Class<?>>> FLOORS =
      List.of(
          // The public API, which puts the objects together.
          List.of(TunnelClient.class),
          List.of(ClientLife.class),
          // The local side: what has one end here and the other in a tunnel.
          List.of(NamedSocketFactory.class, TargetResolver.class, TargetLookup.class),
          List.of(TunnelSocketFactory.class),
          List.of(TunnelSocket.class, AsyncOpen.class),
          List.of(InertSocket.class, ServiceNames.class),
          List.of(TunnelListener.class, TunnelStream.class),
          List.of(StreamLife.class),
          List.of(LocalConnection.class, StreamReader.class, StreamWriter.class),
          List.of(Connections.class, TcpPort.class, UnixPath.class),
          List.of(ListeningSocket.class, SocketFile.class, TcpEnd.class, UnixEnd.class),
          List.of(ClientWatch.class, Delivery.class, LateBytes.class),
          List.of(LocalEnd.class, SocketTable.class),
          // The tunnel: the life of one connection.
          List.of(Tunnel.class),
          List.of(Dial.class, TunnelTimers.class),
          List.of(DialAttempt.class),
          List.of(TokenLookup.class),
          List.of(Gauges.class),
          List.of(PayloadWatch.class, QuietTimer.class, TunnelLife.class, LastOut.class),
          // What is told and counted.
          List.of(ConnectionEvents.class),
          List.of(ClientEvents.class),
          List.of(Totals.class),
          List.of(SettingsDraft.class),
          List.of(Subprotocols.class),
          List.of(Settings.class, Engine.class),
          List.of(WarmConnections.class, ConnectionThreads.class),
          List.of(Timeouts.class),
          // The way to the cloud.
          List.of(DialFailure.class),
          List.of(Transport.class, TlsFailure.class),
          List.of(TlsSettings.class, ProxySettings.class),
          List.of(ClientCertificate.class, ReplaceableSocketFactory.class, ProxyEnvironment.class),
          List.of(PemFile.class, DefaultTrust.class),
          // Words.
          List.of(TunnelEventListener.class),
          List.of(TokenSources.class),
          List.of(TokenCommand.class),
          List.of(Ending.class, TunnelRejectedException.class),
          List.of(ClientKeepAlive.class, Rejection.class),
          List.of(TunnelException.class, CloudUri.class, Credentials.class, ExtraHeader.class),
          List.of(RetryRule.class),
          List.of(TokenSource.class, TokenException.class, JwtClaims.class),
          List.of(TokenRequest.class, IpLiteral.class, TokenText.class),
          List.of(Target.class, CloseReason.class, DrainReport.class, Durations.class),
          List.of(BareClose.class),
          List.of(SerializableCause.class),
          List.of(TunnelStats.class, DialTimings.class),
          List.of(ConnectionStats.class),
          List.of(ConnectionInfo.class, ListenerInfo.class));

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.github.devicetunnel");

  private static final SliceAssignment OUTERMOST_CLASSES =
      new SliceAssignment() {
        @Override
        public SliceIdentifier getIdentifierOf(JavaClass javaClass) {
          return SliceIdentifier.of(outermost(javaClass));
        }

        @Override
        public String getDescription() {
          return "outermost classes";
        }
      };

  @Test
  void everyClassKnowsOnlyTheFloorsBelowItsOwn() {
    for (JavaClass from : CLASSES) {
      for (Dependency dependency : from.getDirectDependenciesFromSelf()) {
        JavaClass to = dependency.getTargetClass().getBaseComponentType();
        if (isOnAFloor(from) && isOnAFloor(to)) {
          assertThat(floor(to)).as(dependency.getDescription()).isGreaterThanOrEqualTo(floor(from));
        }
      }
    }
  }

  /** On one floor, and in the packages below, there is an order of reading as well. */
  @Test
  void noTwoClassesKnowEachOther() {
    slices().assignedFrom(OUTERMOST_CLASSES).should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void theWebsocketKnowsNothingOfTunnels() {
    noClasses()
        .that()
        .resideInAPackage("..websocket..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.github.devicetunnel")
        .check(CLASSES);
  }

  @Test
  void theCloudKnowsNothingOfTunnels() {
    noClasses()
        .that()
        .resideInAPackage("..cloud..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.github.devicetunnel", "..websocket..")
        .check(CLASSES);
  }

  @Test
  void onlyTheWebsocketDealsWithOkHttpCallsAndSockets() {
    noClasses()
        .that()
        .resideInAPackage("io.github.devicetunnel")
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("okhttp3.Call")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("okhttp3.Response")
        .orShould()
        .dependOnClassesThat()
        .resideInAPackage("okio..")
        .check(CLASSES);
  }

  private static boolean isOnAFloor(JavaClass javaClass) {
    return javaClass.getPackageName().equals("io.github.devicetunnel")
        && !javaClass.getSimpleName().equals("package-info");
  }

  private static int floor(JavaClass javaClass) {
    String outer = outermost(javaClass);
    return IntStream.range(0, FLOORS.size())
        .filter(i -> FLOORS.get(i).stream().anyMatch(c -> c.getName().equals(outer)))
        .findFirst()
        .orElseThrow(() -> new AssertionError(outer + " is on no floor: give it one here"));
  }

  private static String outermost(JavaClass javaClass) {
    return javaClass.getName().replaceFirst("\\$.*", "");
  }
}
