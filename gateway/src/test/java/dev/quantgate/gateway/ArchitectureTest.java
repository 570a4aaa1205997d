package dev.quantgate.gateway;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.quantgate.gateway", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {
    @ArchTest
    static final ArchRule seesOnlyTheWorkersApi = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.quantgate.worker.[runtime|store|lease|operations]..",
                    "dev.quantgate.worker.[llamacpp|torch]..",
                    "dev.quantgate.natives..");

    @ArchTest
    static final ArchRule nativeTypesStopInsideTheBackends =
            noClasses().should().dependOnClassesThat().resideInAnyPackage("org.bytedeco..");

    @ArchTest
    static final ArchRule onlyTheCompositionRootKnowsHowWorkersAreReached = noClasses()
            .that()
            .resideOutsideOfPackage("dev.quantgate.gateway.app..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.quantgate.worker.bus..", "com.hazelcast..", "io.vertx.spi.cluster..");

    @ArchTest
    static final ArchRule publicMessagesStopAtTheEdge = noClasses()
            .that()
            .resideOutsideOfPackages(
                    "dev.quantgate.gateway.grpc..", "dev.quantgate.gateway.convert..", "dev.quantgate.gateway.cli..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.quantgate.v1..", "com.google.longrunning..", "com.google.rpc..");

    @ArchTest
    static final ArchRule routingKnowsNoProtocol = noClasses()
            .that()
            .resideInAPackage("dev.quantgate.gateway.routing..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.vertx..", "io.grpc..", "dev.quantgate.gateway.[grpc|http|convert|config|app|cli]..");

    @ArchTest
    static final ArchRule nobodyButTheCommandLineNeedsTheCompositionRoot = classes()
            .that()
            .resideInAPackage("dev.quantgate.gateway.app..")
            .should()
            .onlyBeAccessed()
            .byAnyPackage("dev.quantgate.gateway.app..", "dev.quantgate.gateway.cli..");

    @ArchTest
    static final ArchRule packagesFormNoCircles =
            slices().matching("dev.quantgate.gateway.(*)..").should().beFreeOfCycles();
}
