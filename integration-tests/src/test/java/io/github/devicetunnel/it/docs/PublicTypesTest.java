package io.github.devicetunnel.it.docs;

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
 * Lists the public types, which stay public for years. Add a new type below the comment that names
 * its purpose.
 */
final class PublicTypesTest {
  private static final String ROOT = "io.github.devicetunnel";
  private static final String INTERNAL = ROOT + ".internal.";

  private static final JavaClasses CLASSES = classes();

  private static JavaClasses classes() {
    // Skips the many classes of the dependencies.
    ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
    return new ClassFileImporter()
        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
        .importPackages(ROOT);
  }

  @Test
  void coreExportsListedTypes() {
    assertPublic(
        ROOT,
        // Opens and uses tunnels.
        "TunnelClient",
        "TunnelClient$Builder",
        "TunnelListener",
        "TunnelStream",
        "TunnelSocketFactory",
        "NamedSocketFactory",
        "TargetResolver",
        "Target",
        // Authentication: passed to a client, or implemented by the application.
        "Credentials",
        "TokenSource",
        "TokenSources",
        "TokenRequest",
        // Network: passed to a client.
        "TlsSettings",
        "TlsSettings$Builder",
        "ProxySettings",
        "BareClose",
        // Monitoring: implemented by the application, with the types of the parameters.
        "TunnelEventListener",
        "ConnectionInfo",
        "ListenerInfo",
        "DialTimings",
        "TunnelStats",
        "BackoffStats",
        "ConnectionStats",
        "ConnectionStats$State",
        // Results: caught or returned.
        "TunnelException",
        "TunnelRejectedException",
        "CloseReason",
        "CloseReason$Kind",
        "CloseReason$EndedBy",
        "DrainReport",
        "ProbeReport",
        "ProbeReport$Step",
        "ProbeReport$Tls");
  }

  @Test
  void jwtExportsListedTypes() {
    assertPublic(
        ROOT + ".jwt",
        // Authentication with tokens that the application signs.
        "JwtCredentials",
        "JwtCredentials$Builder",
        "PrivateKeys",
        "SigningAlgorithm",
        // Signs tokens for other clients, and verifies tokens.
        "TokenSigner",
        "TokenVerifier",
        "TunnelClaims",
        "TunnelClaim",
        "TunnelToken",
        // Uploads the keys that verify tokens.
        "VerificationKeys",
        "VerificationKeys$Builder",
        "VerificationCertificate",
        "VerificationKeyRejectedException");
  }

  @Test
  void directoryExportsListedTypes() {
    assertPublic(
        ROOT + ".directory",
        // Finds and lists devices.
        "DeviceDirectory",
        "DeviceQuery",
        "DeviceQuery$Builder",
        "Device",
        // Connects to devices by name.
        "DirectoryResolver",
        // Caught by the application.
        "DirectoryException",
        "UnknownDeviceException");
  }

  @Test
  void testingExportsListedTypes() {
    assertPublic(
        ROOT + ".testing",
        // Runs a tunnel service in a test, with or without JUnit.
        "TunnelService",
        "TunnelService$Builder",
        "TunnelServiceExtension",
        "WithTunnelService",
        "WithTunnelService$Extension",
        "TestDevice",
        "TestDirectory",
        "ServiceDial",
        // Implemented by the test, with the types of the parameters.
        "ConnectionHandler",
        "ServiceStream",
        "TokenCheck",
        "TokenCheck$Target",
        "RejectedException",
        "TestKeyPair",
        // Inspects received upgrades.
        "RecordedUpgrade",
        "CredentialKind",
        // Injects faults.
        "Fault",
        "Fault$Rejection",
        "FaultOrders",
        "FaultProxy",
        "FaultProxy$AcceptAction",
        "WireFaults",
        "Cut",
        "Direction");
  }

  @Test
  void micrometerExportsListedTypes() {
    assertPublic(ROOT + ".micrometer", "DeviceBytes", "TunnelMetrics");
  }

  /** An application starts the program and does not call its classes. */
  @Test
  void cliExportsListedTypes() {
    assertPublic(ROOT + ".cli", "Main");
  }

  /**
   * Frameworks that load a factory by class name call the static getDefault(). The inherited method
   * creates sockets that bypass the tunnel.
   */
  @Test
  void everySocketFactoryDeclaresGetDefault() {
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

  /** A type of an internal package is public only if another package of this project uses it. */
  @Test
  void internalTypesArePublicOnlyIfUsed() {
    Stream<String> packages =
        CLASSES.stream()
            .map(JavaClass::getPackageName)
            .filter(name -> name.startsWith(INTERNAL))
            .distinct();

    assertThat(packages.flatMap(PublicTypesTest::unusedTypes))
        .containsExactlyInAnyOrder(
            // The compiler inlines its constants.
            INTERNAL + "frames.CloseCode",
            // Callers pass lambda expressions.
            INTERNAL + "concurrent.ConnectionThreads$Step");
  }

  private static Stream<String> unusedTypes(String packageName) {
    return publicTypes(packageName)
        .filter(
            type ->
                type.getDirectDependenciesToSelf().stream()
                    .allMatch(use -> isIn(use.getOriginClass(), packageName)))
        .map(JavaClass::getName);
  }

  private static void assertPublic(String packageName, String... types) {
    assertThat(
            publicTypes(packageName)
                .map(type -> type.getName().substring(packageName.length() + 1))
                .toList())
        .containsExactlyInAnyOrderElementsOf(Arrays.asList(types));
  }

  /** Returns the types that are public together with all enclosing types. */
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
