package io.github.devicetunnel;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.github.devicetunnel.internal.concurrent.ConnectionThreads;
import io.github.devicetunnel.internal.upgrade.Libraries;
import java.lang.invoke.MethodHandles;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

/**
 * Limits reflection to a few classes, because GraalVM needs a configuration entry for each name. A
 * native image skips the check of libraries, and its resources contain the product's version.
 */
class ReflectionTest {
  private static final DescribedPredicate<JavaCall<?>> REFLECTS =
      describe("looks up a class, member or resource by name", ReflectionTest::reflects);

  @Test
  void onlyListedClassesUseReflection() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName(ConnectionThreads.class.getName() + "$VirtualThreads")
        .and()
        .doNotHaveFullyQualifiedName(Libraries.class.getName() + "$Library")
        .and()
        .doNotHaveFullyQualifiedName("io.github.devicetunnel.internal.net.Product")
        .should()
        .callCodeUnitWhere(REFLECTS)
        .because("reflect-config.json of this module names nothing else")
        .check(
            new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("io.github.devicetunnel"));
  }

  private static boolean reflects(JavaCall<?> call) {
    String owner = call.getTargetOwner().getName();
    String name = call.getTarget().getName();
    return owner.startsWith("java.lang.reflect.")
        || owner.equals(ServiceLoader.class.getName())
        || (owner.equals(MethodHandles.Lookup.class.getName()) && name.startsWith("find"))
        || (owner.equals(Class.class.getName())
            && name.matches("forName|get(Declared)?(Method|Field|Constructor)s?|getResource.*"));
  }
}
