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
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Checks the dependencies between the packages of the library. The root package holds the API and
 * the lifecycle of clients, connections and streams. The packages below it do not use the root
 * package.
 */
class ArchitectureTest {
  private static final String ROOT = "io.github.devicetunnel";
  private static final String INTERNAL = ROOT + ".internal.";

  /** A package and the packages that it uses. The root package may use all of them. */
  private static final Map<String, Set<String>> USES =
      Map.of(
          "text", Set.of(),
          "concurrent", Set.of(),
          "socket", Set.of(),
          "tls", Set.of(),
          "cloud", Set.of("text"),
          "net", Set.of("concurrent", "text", "tls"),
          "frames", Set.of("concurrent", "net"),
          "local", Set.of("concurrent", "net", "text"),
          "proxy", Set.of("net", "text", "tls"),
          "upgrade", Set.of("cloud", "concurrent", "net", "proxy", "text"));

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ROOT);

  private static final SliceAssignment OUTERMOST_CLASSES =
      new SliceAssignment() {
        @Override
        public SliceIdentifier getIdentifierOf(JavaClass javaClass) {
          return SliceIdentifier.of(javaClass.getName().replaceFirst("\\$.*", ""));
        }

        @Override
        public String getDescription() {
          return "outermost classes";
        }
      };

  @Test
  void packageDependenciesMatchTable() {
    Map<String, Set<String>> found = new TreeMap<>();
    for (JavaClass from : CLASSES) {
      if (isInternal(from)) {
        Set<String> used = found.computeIfAbsent(internalName(from), name -> new TreeSet<>());
        for (Dependency dependency : from.getDirectDependenciesFromSelf()) {
          JavaClass to = dependency.getTargetClass().getBaseComponentType();
          assertThat(to.getPackageName()).as(dependency.getDescription()).isNotEqualTo(ROOT);
          if (isInternal(to) && !to.getPackageName().equals(from.getPackageName())) {
            used.add(internalName(to));
          }
        }
      }
    }

    assertThat(found).isEqualTo(USES);
  }

  private static boolean isInternal(JavaClass javaClass) {
    return javaClass.getPackageName().startsWith(INTERNAL);
  }

  private static String internalName(JavaClass javaClass) {
    return javaClass.getPackageName().substring(INTERNAL.length());
  }

  @Test
  void classesHaveNoDependencyCycles() {
    slices().assignedFrom(OUTERMOST_CLASSES).should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void rootPackageUsesNoOkHttpCallsAndNoOkio() {
    noClasses()
        .that()
        .resideInAPackage(ROOT)
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
}
