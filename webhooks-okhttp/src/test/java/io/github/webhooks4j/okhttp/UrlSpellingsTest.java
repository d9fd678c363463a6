package io.github.webhooks4j.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import inet.ipaddr.HostName;
import inet.ipaddr.IPAddress;
import io.github.webhooks4j.delivery.Failure;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.transport.TlsSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import okhttp3.Call;
import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.internal.idn.Punycode;
import org.junit.jupiter.api.Test;

/**
 * A hundred thousand URLs, of which none gets anybody to an address that is not public. More, or others:
 *
 * <pre>
 * ./mvnw test -pl webhooks-okhttp -am -Dtest=UrlSpellingsTest -Dsurefire.failIfNoSpecifiedTests=false \
 *     -Dwebhooks4j.urls=1000000 -Dwebhooks4j.seed=42
 * </pre>
 */
class UrlSpellingsTest {
    private static final int COUNT = Integer.getInteger("webhooks4j.urls", 100_000);
    private static final long SEED = Long.getLong("webhooks4j.seed", 20_260_115L);
    private static final EgressPolicy POLICY =
            EgressPolicy.builder().allowHttp().build();

    /** Addresses at and around the ends of each block, and others at random. */
    @Test
    void addressesAreJudgedAsTheLibraryJudgesThem() throws UnknownHostException {
        Random random = new Random(SEED);
        for (IPAddress block : SpecialAddresses.all()) {
            for (long step : new long[] {-1, 0, 1}) {
                checkAddress(block.getLower().withoutPrefixLength(), step);
                checkAddress(block.getUpper().withoutPrefixLength(), step);
            }
        }
        for (int i = 0; i < COUNT; i++) {
            byte[] bytes = new byte[random.nextBoolean() ? 4 : 16];
            random.nextBytes(bytes);
            if (bytes.length == 16 && random.nextInt(4) > 0) {
                bytes[0] = (byte) (0x20 | (bytes[0] & 0x1f));
            }
            if (bytes.length == 16 && random.nextInt(4) == 0) {
                System.arraycopy(new byte[] {(byte) (bytes[8] & 3), 0, 0x5e, (byte) 0xfe}, 0, bytes, 8, 4);
            }
            check(InetAddress.getByAddress(bytes));
        }
    }

    private static void checkAddress(IPAddress end, long step) throws UnknownHostException {
        try {
            check(end.increment(step).toInetAddress());
        } catch (inet.ipaddr.AddressValueException e) {
            // Before the first address of all, or after the last.
        }
    }

    private static void check(InetAddress address) {
        assertThat(POLICY.allows(address))
                .as("%s, seed %d", address, SEED)
                .isEqualTo(!SpecialAddresses.contains(address));
    }

    /** What passes by its text is read alike by all parsers, and a literal in it is public. */
    @Test
    void urlThatPassesIsReadAlikeByEveryParser() throws Exception {
        UrlSpellings spellings = new UrlSpellings(SEED);
        int passed = 0;
        int literals = 0;
        for (int i = 0; i < COUNT; i++) {
            String text = spellings.next();
            if (!POLICY.check(text).isEmpty()) {
                continue;
            }
            passed++;
            URI uri = new URI(text);
            HttpUrl url = HttpUrl.get(text);
            assertThat(url.scheme()).as(text).isEqualTo(uri.getScheme().toLowerCase(Locale.ROOT));
            assertThat(url.port())
                    .as(text)
                    .isEqualTo(uri.getPort() < 0 ? HttpUrl.defaultPort(url.scheme()) : uri.getPort());
            assertThat(TargetUrl.read(text, POLICY)).as(text).isPresent();
            String canonical = POLICY.canonical(text);
            assertThat(HttpUrl.get(canonical)).as(text).isEqualTo(url);
            assertThat(canonical).as("as on the wire: %s", text).isEqualTo(url.toString());
            HostName library = new HostName(uri.getHost());
            boolean literal = Character.isDigit(url.host().charAt(url.host().length() - 1)) && library.isAddress();
            if (literal || url.host().indexOf(':') >= 0) {
                literals++;
                InetAddress address = InetAddress.getByName(uri.getHost());
                assertThat(address).as(text).isEqualTo(InetAddress.getByName(url.host()));
                assertThat(library.asInetAddress()).as(text).isEqualTo(address);
                assertThat(SpecialAddresses.contains(address))
                        .as("%s, seed %d", text, SEED)
                        .isFalse();
            } else {
                assertThat(url.host()).as(text).isEqualTo(uri.getHost().toLowerCase(Locale.ROOT));
            }
        }
        assertThat(passed).as("of %d, seed %d", COUNT, SEED).isGreaterThan(COUNT / 100);
        assertThat(literals).isGreaterThan(COUNT / 500);
    }

    /** A name of other letters, in punycode, is one that OkHttp looks up under this very name. */
    @Test
    void nameInPunycodeThatPassesIsLookedUpAsItIs() {
        int passed = 0;
        for (int point = 0x80; point <= Character.MAX_CODE_POINT; point++) {
            int type = Character.getType(point);
            if (type != Character.UNASSIGNED && type != Character.PRIVATE_USE && type != Character.SURROGATE) {
                passed += passes(Character.toString(point)) + passes("a" + Character.toString(point));
            }
        }
        assertThat(passed).isGreaterThan(100_000);
    }

    private static int passes(String label) {
        String host = Punycode.INSTANCE.encode(label) + ".com";
        if (!POLICY.check("https://" + host + "/").isEmpty()) {
            return 0;
        }
        HttpUrl url = HttpUrl.parse("https://" + host + "/");
        assertThat(url).as("%s (%s)", host, label).isNotNull();
        assertThat(url.host()).as(label).isEqualTo(host);
        return 1;
    }

    /** Paths and queries of all characters that pass, dots and slashes above all. */
    @Test
    void canonicalUrlIsWhatOkHttpSends() {
        Random random = new Random(SEED);
        List<String> pieces =
                List.of("/", "/", ".", ".", "%2e", "%2E", "?", "'", "%27", "+", "%20", "a", "%", "=", "&");
        int passed = 0;
        for (int i = 0; i < COUNT; i++) {
            StringBuilder text = new StringBuilder("https://example.com").append(random.nextBoolean() ? "/" : "");
            for (int n = random.nextInt(12); n > 0; n--) {
                text.append(
                        random.nextInt(4) > 0
                                ? pieces.get(random.nextInt(pieces.size()))
                                : (char) (0x21 + random.nextInt(0x7f - 0x21)));
            }
            if (POLICY.check(text.toString()).isEmpty()) {
                passed++;
                assertThat(POLICY.canonical(text.toString()))
                        .as("seed %d", SEED)
                        .isEqualTo(HttpUrl.get(text.toString()).toString());
            }
        }
        assertThat(passed).isGreaterThan(COUNT / 20);
    }

    /** With all layers, and with the sockets alone where nobody has looked at the text. */
    @Test
    void nothingConnectsToADeniedAddress() throws Exception {
        UrlSpellings spellings = new UrlSpellings(SEED);
        RecordingSockets sockets = RecordingSockets.guarded(POLICY);
        int connects = 0;
        int denied = 0;
        TransportSettings settings = new TransportSettings()
                .resolver(host -> List.of(answer(spellings)))
                .more(builder -> builder.socketFactory(sockets).retryOnConnectionFailure(false));
        try (OkHttpTransport transport = settings.build();
                GuardedClient alone = new GuardedClient(
                        POLICY, settings.more(settings.more.andThen(b -> b.dns(host -> List.of(answer(spellings))))))) {
            transport.open(POLICY);
            for (int i = 0; i < COUNT; i++) {
                String text = spellings.next();
                Failure failure = transport.send(Requests.post(text)).failure().orElseThrow();
                denied += failure == Failure.DENIED ? 1 : 0;
                connectUnchecked(alone, text);
                for (InetAddress target : sockets.takeTargets()) {
                    connects++;
                    assertThat(SpecialAddresses.contains(target))
                            .as("%s to %s, seed %d", text, target, SEED)
                            .isFalse();
                }
            }
        }
        assertThat(connects).as("of %d, seed %d", COUNT, SEED).isGreaterThan(COUNT / 100);
        assertThat(denied).isGreaterThan(COUNT / 100);
    }

    private static InetAddress answer(UrlSpellings spellings) throws UnknownHostException {
        int address = spellings.address();
        return InetAddress.getByAddress(
                new byte[] {(byte) (address >>> 24), (byte) (address >>> 16), (byte) (address >>> 8), (byte) address});
    }

    /**
     * Whether OkHttp takes the host for an address and the JDK does not: it would be looked up in earnest, past every
     * resolver that was set. A URL with such a host does not pass by its text.
     */
    static boolean isAskedOfTheSystem(String host) {
        return host.matches("[0-9.]+") && !host.matches("(0*(25[0-5]|2[0-4][0-9]|1?[0-9]{1,2})(\\.(?=.)|$)){1,4}");
    }

    private static void connectUnchecked(GuardedClient client, String text) throws Exception {
        HttpUrl url = HttpUrl.parse(text);
        if (url == null || isAskedOfTheSystem(url.host())) {
            return;
        }
        Call call = client.newCall(
                new Request.Builder()
                        .url(url)
                        .tag(ExchangeListener.class, new ExchangeListener())
                        .build(),
                TlsSettings.standard(),
                false);
        CallLimits.begin(System.nanoTime() + Requests.TIMEOUT.toNanos(), ReadBudget.ofTheHeap());
        try {
            call.execute().close();
        } catch (IOException | IllegalArgumentException e) {
            // Nothing is connected here, whatever happens.
        } finally {
            CallLimits.end();
        }
    }
}
