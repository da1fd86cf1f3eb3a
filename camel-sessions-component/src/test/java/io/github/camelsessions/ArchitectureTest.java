/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What each package may import. Arrows point down: the engine knows no Camel, the jar knows nothing at all. Users see the
 * root, {@code api}, and what these return of cookies and profiles; all else is internal.
 */
@AnalyzeClasses(packages = ArchitectureTest.ROOT, importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

    static final String ROOT = "io.github.camelsessions";

    private static final String INTERNAL = ROOT + ".internal";
    private static final String WRAP = INTERNAL + ".wrap";
    private static final String OPERATION = INTERNAL + ".operation";
    private static final String VALUES = INTERNAL + ".values";
    private static final String BLOCK = INTERNAL + ".block";
    private static final String ENGINE = INTERNAL + ".engine";
    private static final String CONFIG = INTERNAL + ".config";
    private static final String POOL = INTERNAL + ".pool";
    private static final String RENEWAL = INTERNAL + ".renewal";
    private static final String HOLD = INTERNAL + ".hold";
    private static final String HTTP = INTERNAL + ".http";
    private static final String CONNECTION = INTERNAL + ".connection";
    private static final String SESSION = INTERNAL + ".session";
    private static final String COOKIE = ROOT + ".cookie";
    private static final String PROFILE = ROOT + ".profile";
    private static final String API = ROOT + ".api";
    private static final String FORM = INTERNAL + ".form";
    private static final String TEXT = INTERNAL + ".text";
    private static final String CAPTURE = INTERNAL + ".capture";
    private static final String INTERCHANGE = INTERNAL + ".interchange";

    private static final String CAMEL = "org.apache.camel..";
    private static final String HTTP_CLIENT = "org.apache.hc..";
    private static final String JACKSON = "com.fasterxml.jackson..";
    private static final String JSOUP = "org.jsoup..";
    private static final String RE2 = "com.google.re2j";
    private static final String YAML = "org.snakeyaml.engine..";
    private static final String LOG = "org.slf4j";
    private static final String XML = "javax.xml.transform..";
    private static final String CRYPTO = "javax.crypto..";
    private static final String TLS = "javax.net.ssl";

    @ArchTest
    static final ArchRule everyPackageIsNamedHere = classes()
            .should()
            .resideInAnyPackage(
                    ROOT,
                    WRAP,
                    OPERATION,
                    VALUES,
                    BLOCK,
                    ENGINE,
                    CONFIG,
                    POOL,
                    RENEWAL,
                    HOLD,
                    HTTP,
                    CONNECTION,
                    SESSION,
                    COOKIE,
                    PROFILE,
                    API,
                    FORM,
                    CAPTURE,
                    INTERCHANGE,
                    TEXT);

    @ArchTest
    static final ArchRule whatUsersNameKnowsCamelAlone = in(API).mayImport(CAMEL);

    @ArchTest
    static final ArchRule cookiesNeedNothingElse = in(COOKIE).mayImport();

    @ArchTest
    static final ArchRule formsAreReadWithJsoup = in(FORM).mayImport(JSOUP);

    @ArchTest
    static final ArchRule profilesAreReadWithJackson = in(PROFILE).mayImport(API, JACKSON, CRYPTO);

    @ArchTest
    static final ArchRule valuesAreTakenOutOfTexts = in(CAPTURE).mayImport(FORM, PROFILE, JACKSON, JSOUP, RE2);

    @ArchTest
    static final ArchRule filesOfCookiesKnowNoSessions = in(INTERCHANGE).mayImport(COOKIE, JACKSON, LOG);

    @ArchTest
    static final ArchRule sessionsKnowNeitherCamelNorHttp = in(SESSION).mayImport(API, COOKIE, PROFILE);

    @ArchTest
    static final ArchRule connectionsKnowWhoseTheyAre =
            in(CONNECTION).mayImport(SESSION, API, PROFILE, CAMEL, HTTP_CLIENT, LOG, TLS);

    @ArchTest
    static final ArchRule httpKnowsSessionsButNoOperations = in(HTTP).mayImport(
                    FORM, CAPTURE, CONNECTION, SESSION, API, COOKIE, PROFILE, CAMEL, HTTP_CLIENT, LOG, XML, TLS);

    @ArchTest
    static final ArchRule wrappedEndpointsSendAsAllOthersDo = in(WRAP).mayImport(
                    ENGINE, CONFIG, HTTP, CONNECTION, SESSION, API, COOKIE, PROFILE, CAMEL, HTTP_CLIENT, LOG);

    @ArchTest
    static final ArchRule whoeverWaitsKnowsNotWhatFor = in(HOLD).mayImport(SESSION, API, CAMEL, LOG);

    @ArchTest
    static final ArchRule renewalKnowsCamelAndSessionsButNotHowARequestIsSent =
            in(RENEWAL).mayImport(HOLD, SESSION, API, COOKIE, PROFILE, CAMEL, LOG);

    @ArchTest
    static final ArchRule blocksKnowTheRenewal =
            in(BLOCK).mayImport(ENGINE, CONFIG, RENEWAL, HTTP, SESSION, API, CAMEL, YAML);

    @ArchTest
    static final ArchRule operationsKnowTheirEndpointByAnInterface = in(OPERATION)
            .mayImport(INTERCHANGE, ENGINE, CONFIG, POOL, RENEWAL, HTTP, SESSION, API, COOKIE, PROFILE, CAMEL, JACKSON);

    @ArchTest
    static final ArchRule valuesAreReadFromSessions =
            in(VALUES).mayImport(ENGINE, CONFIG, RENEWAL, SESSION, API, PROFILE, CAMEL);

    @ArchTest
    static final ArchRule theEngineWiresAContext = in(ENGINE)
            .mayImport(
                    FORM,
                    CAPTURE,
                    INTERCHANGE,
                    CONFIG,
                    POOL,
                    RENEWAL,
                    HTTP,
                    CONNECTION,
                    SESSION,
                    API,
                    COOKIE,
                    PROFILE,
                    CAMEL);

    @ArchTest
    static final ArchRule poolsKnowRenewalButNotHowARequestIsSent =
            in(POOL).mayImport(RENEWAL, HOLD, SESSION, API, PROFILE, CAMEL, LOG);

    @ArchTest
    static final ArchRule rulesAreMadeOfWhatUsersSay =
            in(CONFIG).mayImport(FORM, CAPTURE, POOL, RENEWAL, HTTP, SESSION, API, PROFILE, CAMEL, LOG);

    @ArchTest
    static final ArchRule theDecisionsOfAPoolKnowNoCamel = noClasses()
            .that()
            .haveSimpleName("PoolGate")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(RENEWAL, CAMEL);

    @ArchTest
    static final ArchRule theComponentLeavesHttpClientToHttp = in(ROOT).mayImport(
                    WRAP,
                    OPERATION,
                    VALUES,
                    BLOCK,
                    ENGINE,
                    CONFIG,
                    HTTP,
                    CONNECTION,
                    POOL,
                    RENEWAL,
                    SESSION,
                    API,
                    COOKIE,
                    PROFILE,
                    CAMEL,
                    LOG);

    @ArchTest
    static final ArchRule onlyTheStepNeedsTheYamlDsl = noClasses()
            .that()
            .doNotHaveSimpleName("BlockStep")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(YAML, "org.apache.camel.dsl..");

    @ArchTest
    static final ArchRule onlyTwoReadDefinitionsOfRoutes = noClasses()
            .that()
            .haveNameNotMatching(".*\\.(BlockStep|SessionRoutes)")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.camel.model..");

    @ArchTest
    static final ArchRule packagesHaveNoCycles =
            slices().matching(ROOT + ".(**)").should().beFreeOfCycles();

    /**
     * But for the root, where Camel's component, endpoint and producer know each other, and two pairs of a value and what
     * parses it: SetCookie and SetCookieParser, ProxyServer and NoProxy.
     */
    @ArchTest
    static final ArchRule classesHaveNoCycles = slices().assignedFrom(new EachClass(Set.of(
                    WRAP,
                    OPERATION,
                    VALUES,
                    BLOCK,
                    ENGINE,
                    CONFIG,
                    POOL,
                    RENEWAL,
                    HOLD,
                    HTTP,
                    CONNECTION,
                    SESSION,
                    API,
                    FORM,
                    CAPTURE,
                    TEXT)))
            .should()
            .beFreeOfCycles();

    /** Each class with those within it. */
    private record EachClass(Set<String> packages) implements SliceAssignment {

        @Override
        public SliceIdentifier getIdentifierOf(JavaClass of) {
            JavaClass outer = of;
            while (outer.getEnclosingClass().isPresent()) {
                outer = outer.getEnclosingClass().get();
            }
            return packages.contains(outer.getPackageName())
                    ? SliceIdentifier.of(outer.getName())
                    : SliceIdentifier.ignore();
        }

        @Override
        public String getDescription() {
            return "classes";
        }
    }

    private static Package in(String name) {
        return new Package(name);
    }

    private record Package(String name) {

        /** Itself, the JDK and the annotations of JSpecify it may in any case. */
        ArchRule mayImport(String... others) {
            return classes()
                    .that()
                    .resideInAPackage(name)
                    .should()
                    .onlyDependOnClassesThat()
                    .resideInAnyPackage(Stream.concat(
                                    Stream.of(name, TEXT, "java..", "org.jspecify.annotations"), Stream.of(others))
                            .toArray(String[]::new));
        }
    }
}
