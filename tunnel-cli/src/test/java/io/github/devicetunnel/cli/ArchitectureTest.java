package io.github.devicetunnel.cli;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.Map.entry;
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
 * Checks the dependencies between the packages of the command line. The root package holds the
 * entry point and most commands. The packages below it do not use the root package.
 */
class ArchitectureTest {
  private static final String ROOT = "io.github.devicetunnel.cli";

  /**
   * A package and the packages that it uses. The root package may use all of them. Does not cover
   * the use of constants, which the compiler inlines.
   */
  private static final Map<String, Set<String>> USES =
      Map.ofEntries(
          entry("failure", Set.of()),
          entry("value", Set.of("failure")),
          entry("book", Set.of("failure", "process", "value")),
          entry("process", Set.of("failure", "value")),
          entry("console", Set.of("failure", "process", "value")),
          entry("listen", Set.of("console", "failure", "process", "value")),
          entry("config", Set.of("book", "console", "failure", "listen", "process", "value")),
          entry("report", Set.of("console", "listen", "process", "value")),
          entry(
              "option",
              Set.of(
                  "book", "config", "console", "failure", "listen", "process", "report", "value")),
          entry("check", Set.of("config", "console", "failure", "listen", "option", "process")),
          entry(
              "devices",
              Set.of(
                  "book", "config", "console", "failure", "listen", "option", "process", "value")),
          entry("completion", Set.of("book", "config", "console", "failure", "option", "process")),
          entry("demo", Set.of("console", "failure", "listen", "option", "process")),
          entry(
              "jwt", Set.of("book", "config", "console", "failure", "option", "process", "value")));

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
      if (isBelowRoot(from)) {
        Set<String> used = found.computeIfAbsent(nameBelowRoot(from), name -> new TreeSet<>());
        for (Dependency dependency : from.getDirectDependenciesFromSelf()) {
          JavaClass to = dependency.getTargetClass().getBaseComponentType();
          assertThat(to.getPackageName()).as(dependency.getDescription()).isNotEqualTo(ROOT);
          if (isBelowRoot(to) && !to.getPackageName().equals(from.getPackageName())) {
            used.add(nameBelowRoot(to));
          }
        }
      }
    }

    assertThat(found).isEqualTo(USES);
  }

  private static boolean isBelowRoot(JavaClass javaClass) {
    return javaClass.getPackageName().startsWith(ROOT + ".");
  }

  private static String nameBelowRoot(JavaClass javaClass) {
    return javaClass.getPackageName().substring(ROOT.length() + 1);
  }

  @Test
  void classesHaveNoDependencyCycles() {
    slices().assignedFrom(OUTERMOST_CLASSES).should().beFreeOfCycles().check(CLASSES);
  }
}
