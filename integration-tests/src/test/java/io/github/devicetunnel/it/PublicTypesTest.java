package io.github.devicetunnel.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ServerSocketFactory;
import javax.net.SocketFactory;
import org.junit.jupiter.api.Test;

/**
 * What is public stays so for years. Whoever adds a type here writes beside it what an application
 * names it for.
 */
final class PublicTypesTest {
  private static final String ROOT = "io.github.devicetunnel";
  private static final String INTERNAL = ROOT + ".internal.";

  private static final JavaClasses CLASSES = classes();

  private static JavaClasses classes() {
    // Those of others do not matter, and are many.
    ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
    return new ClassFileImporter()
        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
        .importPackages(ROOT);
  }

  @Test
  void core() {
    assertPublic(
        ROOT,
        // To open tunnels, and to use them.
        "TunnelClient",
        "TunnelClient$Builder",
        "TunnelListener",
        "TunnelStream",
        "TunnelSocketFactory",
        "NamedSocketFactory",
        "TargetResolver",
        "Target",
        // To be let in: given to a client, or implemented by the application.
        "Credentials",
        "TokenSource",
        "TokenSources",
        "TokenRequest",
        // To get there: given to a client.
        "TlsSettings",
        "TlsSettings$Builder",
        "ProxySettings",
        "BareClose",
        // To learn how it goes: implemented by the application, and what it is given.
        "TunnelEventListener",
        "ConnectionInfo",
        "ListenerInfo",
        "DialTimings",
        "TunnelStats",
        "ConnectionStats",
        "ConnectionStats$State",
        // To learn how it ended: caught, or returned.
        "TunnelException",
        "TunnelRejectedException",
        "CloseReason",
        "CloseReason$Kind",
        "CloseReason$EndedBy",
        "DrainReport");
  }

  @Test
  void jwt() {
    assertPublic(
        ROOT + ".jwt",
        // To be let in by tokens of one's own.
        "JwtCredentials",
        "JwtCredentials$Builder",
        "PrivateKeys",
        "SigningAlgorithm",
        // To sign tokens for others, and to look into them.
        "TokenSigner",
        "TokenVerifier",
        "TunnelClaims",
        "TunnelClaim",
        "TunnelToken",
        // To upload the keys that check them.
        "VerificationKeys",
        "VerificationKeys$Builder",
        "VerificationCertificate",
        "VerificationKeyRejectedException");
  }

  @Test
  void testing() {
    assertPublic(
        ROOT + ".testing",
        // To have a service in a test, with JUnit and without.
        "TunnelService",
        "TunnelService$Builder",
        "TunnelServiceExtension",
        "WithTunnelService",
        "TestDevice",
        "ServiceDial",
        // Implemented by the test, and what it is given.
        "ConnectionHandler",
        "ServiceStream",
        "TokenCheck",
        "TokenCheck$Target",
        "RefusedException",
        "TestKeyPair",
        // To look at what came.
        "RecordedUpgrade",
        "CredentialKind",
        // To order what goes wrong.
        "Fault",
        "FaultOrders",
        "Refusal",
        "FaultProxy",
        "FaultProxy$Arrival",
        "FaultProxy$Cut",
        "FaultProxy$Direction",
        "Faults");
  }

  @Test
  void micrometer() {
    assertPublic(ROOT + ".micrometer", "TunnelMetrics");
  }

  /** There is nothing to program against: it is started. */
  @Test
  void cli() {
    assertPublic(ROOT + ".cli", "Main");
  }

  /**
   * Callers of class names use the static getDefault(), and the one that is inherited makes sockets
   * that go past the tunnel.
   */
  @Test
  void everySocketFactoryHasItsOwnDefault() {
    List<JavaClass> factories =
        CLASSES.stream()
            .filter(PublicTypesTest::isPublic)
            .filter(type -> !type.getPackageName().startsWith(INTERNAL))
            .filter(
                type ->
                    Stream.of(SocketFactory.class, ServerSocketFactory.class)
                        .anyMatch(type::isAssignableTo))
            .toList();

    assertThat(factories)
        .extracting(JavaClass::getSimpleName)
        .contains("TunnelSocketFactory", "NamedSocketFactory");
    assertThat(factories)
        .allSatisfy(
            type ->
                assertThat(type.getMethod("getDefault").getModifiers())
                    .contains(JavaModifier.PUBLIC, JavaModifier.STATIC));
  }

  /** What nobody outside can name is public only where another package of ours needs it. */
  @Test
  void hiddenPackages() {
    Stream<String> packages =
        CLASSES.stream()
            .map(JavaClass::getPackageName)
            .filter(name -> name.startsWith(INTERNAL))
            .distinct();

    assertThat(packages.flatMap(PublicTypesTest::withoutUse))
        .containsExactlyInAnyOrder(
            // The compiler copies its constants.
            INTERNAL + "frames.CloseCode",
            // Callers pass lambda expressions.
            INTERNAL + "concurrent.ConnectionThreads$Step");
  }

  private static Stream<String> withoutUse(String hidden) {
    return publicTypes(hidden)
        .filter(
            type ->
                type.getDirectDependenciesToSelf().stream()
                    .allMatch(use -> isIn(use.getOriginClass(), hidden)))
        .map(JavaClass::getName);
  }

  private static void assertPublic(String packageName, String... types) {
    assertThat(
            publicTypes(packageName)
                .map(type -> type.getName().substring(packageName.length() + 1))
                .toList())
        .containsExactlyInAnyOrderElementsOf(Arrays.asList(types));
  }

  /** That can be named from outside: with all those that they stand in. */
  private static Stream<JavaClass> publicTypes(String packageName) {
    return CLASSES.stream()
        .filter(type -> isIn(type, packageName) && !type.getSimpleName().equals("package-info"))
        .filter(PublicTypesTest::isPublic);
  }

  private static boolean isPublic(JavaClass type) {
    return type.getModifiers().contains(JavaModifier.PUBLIC)
        && type.getEnclosingClass().map(PublicTypesTest::isPublic).orElse(true);
  }

  private static boolean isIn(JavaClass type, String packageName) {
    return type.getPackageName().equals(packageName);
  }
}
