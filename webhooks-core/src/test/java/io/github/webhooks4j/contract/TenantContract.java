package io.github.webhooks4j.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.webhooks4j.DeliveryListener;
import io.github.webhooks4j.Event;
import io.github.webhooks4j.InvalidWebhookException;
import io.github.webhooks4j.Signers;
import io.github.webhooks4j.Webhook;
import io.github.webhooks4j.WebhookClient;
import io.github.webhooks4j.WebhookQuery;
import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.delivery.HourlyCount;
import io.github.webhooks4j.delivery.RetryPolicy;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.history.Bulk;
import io.github.webhooks4j.history.Deliveries;
import io.github.webhooks4j.history.DeliveryQuery;
import io.github.webhooks4j.history.EventQuery;
import io.github.webhooks4j.history.Events;
import io.github.webhooks4j.history.Statistics;
import io.github.webhooks4j.signing.Secret;
import io.github.webhooks4j.signing.Signer;
import io.github.webhooks4j.store.DeliveryStore;
import io.github.webhooks4j.store.DocumentKind;
import io.github.webhooks4j.store.TenantScope;
import io.github.webhooks4j.transport.Transport;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A client that is confined to one tenant sees and changes nothing of another tenant, nor of what has no tenant: each of its verbs is
 * called with the names of theirs, and must do what it does with names that nobody ever had. What belongs to others is full of the
 * word canary, which no answer may contain. Extend it for a store: {@link #newStore} makes an empty one, not yet open.
 */
public abstract class TenantContract {
    private static final String OTHER = "canary-acme";
    private static final String OWN = "globex";
    private static final long MANY = 424_242_424;
    private static final Duration GRACE = Duration.ofHours(1);
    private static final Instant LONG_AGO = Instant.parse("2020-01-01T00:00:00Z");

    private final CountDownLatch failures = new CountDownLatch(4); // two deliveries that end, two webhooks that fail
    private DeliveryStore store;
    private WebhookClient all;
    private WebhookClient own;

    /** For subclasses. */
    protected TenantContract() {}

    /** A store that is empty and not yet open. */
    protected abstract DeliveryStore newStore() throws Exception;

    /** Refuses everything that is sent to a host with {@code failing} in its name. */
    private static final class Refusing implements Transport {
        @Override
        public void open(EgressPolicy policy) {}

        @Override
        public Answer send(Request request) {
            byte[] body = "canary excerpt".getBytes(StandardCharsets.UTF_8);
            return request.url().contains("failing")
                    ? new Answer(OptionalInt.of(500), Optional.empty(), body, Optional.empty())
                    : Answer.of(200);
        }

        @Override
        public void close() {}
    }

    @BeforeEach
    final void fill() throws Exception {
        store = newStore();
        all = WebhookClient.builder()
                .store(store)
                .transport(new Refusing())
                .retryPolicy(RetryPolicy.none())
                .keepAlive(false)
                .listener(new DeliveryListener() {
                    @Override
                    public void ended(Delivery delivery) {
                        failures.countDown();
                    }

                    @Override
                    public void webhookChanged(Webhook webhook) {
                        if (webhook.health() == Webhook.Health.FAILING) {
                            failures.countDown();
                        }
                    }
                })
                .build()
                .start();
        own = all.tenant(OWN);
        own.signers().save("own-signer", Signer.bearer(Secret.of("token-of-our-own")));
        own.register(Webhook.builder("https://own.example.com/hook")
                .id("own-webhook")
                .events("own.type")
                .signer(Signer.shared("own-signer"))
                .build());
        own.pause("own-webhook");
        own.publish(Event.builder("own.type").id("own-event").json("{}").build());
    }

    @AfterEach
    final void close() {
        all.close();
    }

    // ---- what belongs to others

    /** The names of what belongs to somebody, or of what is not there. */
    private record Names(
            String tenant, List<String> webhooks, String signer, List<String> events, List<String> deliveries) {
        /** A text without these names, so that it is the same for all. */
        String hiddenIn(String text) {
            String hidden = text.replace(tenant, "<tenant>").replace(signer, "<signer>");
            for (String webhook : webhooks) {
                hidden = hidden.replace(webhook, "<webhook>");
            }
            for (String event : events) {
                hidden = hidden.replace(event, "<event>");
            }
            for (String delivery : deliveries) {
                hidden = hidden.replace(delivery, "<delivery>");
            }
            return hidden;
        }
    }

    private static final Names NOBODYS = new Names(
            "initrode",
            List.of("nobody-failing", "nobody-held"),
            "nobody-signer",
            List.of("nobody-event", "evt_01933b6c5d2e7a1f8b4c9d0e6f7a8b9c"),
            List.of(
                    "01933b6c-5d2e-8a1f-8b4c-9d0e6f7a8b9c",
                    "01933b6c-5d2f-8a1f-8b4c-9d0e6f7a8b9c",
                    "01933b6c-5d2f-8a1f-8b4c-9d0e6f7a8b9d"));

    private Names others(Optional<String> tenant) throws InterruptedException {
        String prefix = tenant.isPresent() ? "canary-a" : "canary-none";
        WebhookClient theirs = tenant.map(all::tenant).orElse(all);
        theirs.signers().save(prefix + "-signer", Signer.bearer(Secret.of(prefix + "-canary-token")));
        for (String state : List.of("failing", "held")) {
            theirs.register(Webhook.builder("https://" + prefix + "-" + state + ".example.com/canary-path")
                    .id(prefix + "-" + state)
                    .name("canary name")
                    .events(state.equals("held") ? new String[] {"canary.*", "made.canary"} : new String[] {"canary.*"})
                    .header("X-Canary", "canary header")
                    .secretHeader("X-Secret", Secret.of("canary-secret-header"))
                    .signer(Signer.shared(prefix + "-signer"))
                    .signer(Signer.hmacSha256(Secret.of("canary-hmac-secret-0123456789")))
                    .build());
        }
        theirs.pause(prefix + "-held");
        HourlyCount delivered = new HourlyCount(
                LONG_AGO, prefix + "-failing", tenant, DeliveryState.DELIVERED, "", MANY, Duration.ofSeconds(5));
        store.rollups().add(UUID.randomUUID(), 1, List.of(delivered));
        theirs.publish(event(prefix + "-event").build());
        String made =
                theirs.publish(Event.builder("made.canary").json("{}").build()).eventId();
        List<String> deliveries = all.deliveries().list(DeliveryQuery.all()).items().stream()
                .filter(delivery -> delivery.webhookId().startsWith(prefix))
                .map(Delivery::id)
                .toList();
        assertThat(deliveries).hasSize(3);
        return new Names(
                tenant.orElse("umbrella"),
                List.of(prefix + "-failing", prefix + "-held"),
                prefix + "-signer",
                List.of(prefix + "-event", made),
                deliveries);
    }

    private static Event.Builder event(String id) {
        return Event.builder("canary.made")
                .id(id)
                .header("X-Canary", "canary header")
                .json("{\"canary\":\"canary data\"}");
    }

    /** Everything that is not ours, as it is stored. */
    private String whatOthersHave() {
        List<String> stored = new ArrayList<>();
        for (DocumentKind kind : DocumentKind.values()) {
            store.documents().list(kind, TenantScope.ALL, "", 1_000).stream()
                    .filter(document -> !document.tenant().equals(Optional.of(OWN)))
                    .forEach(document -> stored.add(described(document)));
        }
        all.deliveries().list(DeliveryQuery.all()).items().stream()
                .filter(delivery -> !delivery.tenant().equals(Optional.of(OWN)))
                .forEach(delivery -> stored.add(described(all.deliveries().find(delivery.id()))));
        all.events().list(EventQuery.all()).items().stream()
                .filter(event -> !event.tenant().equals(Optional.of(OWN)))
                .forEach(event -> stored.add(described(
                        event.tenant().map(all::tenant).orElse(all).events().find(event.id()))));
        return String.join("\n", stored);
    }

    // ---- every verb

    /** Calls a verb with such names; what it answers, or throws, is told. */
    private interface Verb {
        Object call(Names names) throws Exception;
    }

    private final Map<String, List<Verb>> verbs = new LinkedHashMap<>();

    private void verb(String signature, Verb... calls) {
        verbs.put(signature, List.of(calls));
    }

    /** The verbs that read come first, and those that publish last: what they leave behind is ours. */
    private void listVerbs() {
        verb("WebhookClient.find(String)", names -> own.find(held(names)), names -> own.find(failing(names)));
        verb(
                "WebhookClient.list(WebhookQuery)",
                names -> own.list(WebhookQuery.all()),
                names -> own.list(WebhookQuery.all().limit(1)),
                names -> own.list(WebhookQuery.all().tenant(names.tenant)),
                names -> own.list(WebhookQuery.all().after("a")));
        verb("WebhookClient.pause(String)", names -> own.pause(failing(names)));
        verb("WebhookClient.resume(String)", names -> own.resume(held(names)));
        verb(
                "WebhookClient.resume(String,Backlog)",
                names -> own.resume(held(names), WebhookClient.Backlog.DISCARD),
                names -> own.resume(failing(names), WebhookClient.Backlog.DELIVER));
        verb("WebhookClient.disable(String)", names -> own.disable(held(names)), names -> own.disable(failing(names)));
        verb("WebhookClient.remove(String)", names -> own.remove(held(names)), names -> own.remove(failing(names)));
        verb(
                "WebhookClient.rotateSecret(String,Duration)",
                names -> own.rotateSecret(held(names), Duration.ZERO),
                names -> own.rotateSecret(failing(names), GRACE));
        verb(
                "WebhookClient.update(Webhook)",
                names -> own.update(hostile(held(names)).build()),
                names -> own.update(hostile(failing(names)).tenant(names.tenant).build()));
        verb(
                "WebhookClient.check(Webhook)",
                names -> own.check(
                        hostile("new").signer(Signer.shared(names.signer)).build()),
                names -> own.check(hostile(held(names)).tenant(names.tenant).build()));
        verb(
                "WebhookClient.register(Webhook)",
                names -> own.register(
                        hostile("new").signer(Signer.shared(names.signer)).build()),
                names -> own.register(hostile(held(names)).tenant(names.tenant).build()));
        verb(
                "WebhookClient.preview(Webhook,Event)",
                names -> own.preview(
                        hostile("new").signer(Signer.shared(names.signer)).build(), Event.of("own.type", 1)),
                names -> own.preview(hostile(held(names)).tenant(names.tenant).build(), Event.of("own.type", 1)),
                names -> own.preview(
                        hostile("new").build(),
                        Event.builder("own.type").tenant(names.tenant).build()));
        verb(
                "WebhookClient.test(String,String)",
                names -> own.test(held(names), "own.type"),
                names -> own.test(failing(names), "canary.made"));
        verb(
                "WebhookClient.test(Collection,Event)",
                names -> own.test(List.of("own-webhook", held(names)), Event.of("own.type", 1)),
                names -> own.test(
                        List.of("own-webhook"),
                        Event.builder("own.type").tenant(names.tenant).build()));
        verb(
                "WebhookClient.test(Webhook,Event)",
                names -> own.test(
                        hostile("new").signer(Signer.shared(names.signer)).build(), Event.of("own.type", 1)),
                names -> own.test(hostile(held(names)).tenant(names.tenant).build(), Event.of("own.type", 1)),
                names -> own.test(
                        hostile("new").build(),
                        Event.builder("own.type").tenant(names.tenant).build()));
        verb("WebhookClient.statistics()", names -> own.statistics());
        verb("WebhookClient.signers()", names -> own.signers());
        verb("WebhookClient.signers(String)", names -> own.signers(names.tenant), names -> own.signers(OWN));
        verb("WebhookClient.tenant(String)", names -> own.tenant(names.tenant), names -> own.tenant(OWN));
        verb("WebhookClient.deliveries()", names -> own.deliveries());
        verb("WebhookClient.events()", names -> own.events());
        verb("WebhookClient.start()", names -> own.start());
        verb("WebhookClient.close()", names -> {
            own.close();
            return all.find("nobody");
        });

        verb("Signers.find(String)", names -> own.signers().find(names.signer));
        verb("Signers.list()", names -> own.signers().list());
        verb("Signers.remove(String)", names -> own.signers().remove(names.signer));
        verb("Signers.rotateSecret(String,Duration)", names -> own.signers().rotateSecret(names.signer, GRACE));
        verb("Signers.save(String,Signer)", names -> {
            own.signers().save(names.signer, Signer.bearer(Secret.of("token-of-our-own")));
            Object seen = own.signers().find(names.signer);
            own.signers().remove(names.signer);
            return seen;
        });

        verb(
                "Deliveries.list(DeliveryQuery)",
                names -> own.deliveries().list(DeliveryQuery.all()),
                names -> own.deliveries().list(DeliveryQuery.all().tenant(names.tenant)),
                names -> own.deliveries().list(DeliveryQuery.all().webhook(held(names))),
                names -> own.deliveries().list(DeliveryQuery.all().webhook(failing(names))),
                names -> own.deliveries().list(DeliveryQuery.all().event(ownId(names))),
                names -> own.deliveries().list(DeliveryQuery.all().event(madeId(names))),
                names -> own.deliveries().list(DeliveryQuery.all().type("canary.made")));
        verb("Deliveries.find(String)", names -> each(names.deliveries, own.deliveries()::find));
        verb("Deliveries.redeliver(String)", names -> each(names.deliveries, own.deliveries()::redeliver));
        verb("Deliveries.cancel(String)", names -> each(names.deliveries, own.deliveries()::cancel));
        verb(
                "Deliveries.recover(DeliveryQuery)",
                names -> own.deliveries().recover(DeliveryQuery.all()),
                names -> own.deliveries().recover(DeliveryQuery.all().tenant(names.tenant)),
                names -> own.deliveries().recover(DeliveryQuery.all().webhook(failing(names))),
                names -> own.deliveries().recover(DeliveryQuery.all().event(ownId(names))));
        verb(
                "Deliveries.replay(String,Instant)",
                names -> own.deliveries().replay(failing(names), LONG_AGO),
                names -> own.deliveries().replay("own-webhook", LONG_AGO));

        verb("Events.find(String)", names -> each(names.events, own.events()::find));
        verb("Events.expunge(String)", names -> each(names.events, own.events()::expunge));
        verb(
                "Events.list(EventQuery)",
                names -> own.events().list(EventQuery.all()),
                names -> own.events().list(EventQuery.all().unmatched()),
                names -> own.events().list(EventQuery.all().tenant(names.tenant)),
                names -> own.events().list(EventQuery.all().type("canary.made")));

        verb("Statistics.hourly(Instant,Instant)", names -> own.statistics().hourly(LONG_AGO, LONG_AGO.plus(GRACE)));
        verb(
                "Statistics.hourly(String,Instant,Instant)",
                names -> own.statistics().hourly(failing(names), LONG_AGO, LONG_AGO.plus(GRACE)),
                names -> own.statistics().hourly("own-webhook", LONG_AGO, LONG_AGO.plus(GRACE)));
        verb("Statistics.inFlight()", names -> own.statistics().inFlight());
        verb("Statistics.queued()", names -> own.statistics().queued());
        verb("Statistics.buffered()", names -> own.statistics().buffered());
        verb("Statistics.lanesDue()", names -> own.statistics().lanesDue());
        verb("Statistics.oldestDue()", names -> own.statistics().oldestDue());
        verb("Statistics.breakersOpen()", names -> own.statistics().breakersOpen());
        verb("Statistics.publishedEvents()", names -> own.statistics().publishedEvents());
        verb("Statistics.publishedDeliveries()", names -> own.statistics().publishedDeliveries());
        verb("Statistics.delivered()", names -> own.statistics().delivered());
        verb("Statistics.exhausted()", names -> own.statistics().exhausted());
        verb("Statistics.canceled()", names -> own.statistics().canceled());
        verb("Statistics.abandoned()", names -> own.statistics().abandoned());
        verb("Statistics.failed()", names -> own.statistics().failed());
        verb("Statistics.leaseLosses()", names -> own.statistics().leaseLosses());
        verb("Statistics.attempts()", names -> own.statistics().attempts());
        verb("Statistics.publishToDelivered()", names -> own.statistics().publishToDelivered());

        verb(
                "WebhookClient.publish(Event)",
                names -> own.publish(event(ownId(names)).build()),
                names -> own.publish(event("x").tenant(names.tenant).build()));
        verb(
                "WebhookClient.publishAll(Collection)",
                names -> own.publishAll(List.of(
                        event(ownId(names) + "-all").build(),
                        event(madeId(names)).build())),
                names -> own.publishAll(List.of(
                        event("y").build(), event("z").tenant(names.tenant).build())));
        verb(
                "WebhookClient.publishAsync(Event)",
                names ->
                        own.publishAsync(event(ownId(names) + "-async").build()).join(),
                names -> own.publishAsync(event("x").tenant(names.tenant).build())
                        .join());
    }

    private static String failing(Names names) {
        return names.webhooks.get(0);
    }

    private static String held(Names names) {
        return names.webhooks.get(1);
    }

    private static String ownId(Names names) {
        return names.events.get(0);
    }

    private static String madeId(Names names) {
        return names.events.get(1);
    }

    private interface Call<T> {
        Object of(T name);
    }

    private static List<Object> each(List<String> names, Call<String> call) {
        return names.stream().map(call::of).toList();
    }

    private static Webhook.Builder hostile(String id) {
        return Webhook.builder("https://hostile.example.com/")
                .id(id)
                .events("*")
                .unsigned();
    }

    @Test
    void everyVerbDoesWithTheNamesOfOthersWhatItDoesWithNamesThatNobodyHas() throws Exception {
        listVerbs();
        List<Names> others = List.of(others(Optional.of(OTHER)), others(Optional.empty()));
        assertThat(failures.await(2, TimeUnit.MINUTES)).isTrue();
        String before = whatOthersHave();
        assertThat(all.statistics().hourly(LONG_AGO, LONG_AGO.plus(GRACE)))
                .extracting(HourlyCount::count)
                .containsExactly(2 * MANY);
        assertThat(before).contains("EXHAUSTED", "PENDING", "canary excerpt", "canary data", "canary-path");

        verbs.forEach((signature, calls) -> {
            for (int i = 0; i < calls.size(); i++) {
                Verb call = calls.get(i);
                String expected = NOBODYS.hiddenIn(outcome(call, NOBODYS));
                for (Names names : others) {
                    String outcome = names.hiddenIn(outcome(call, names));
                    assertThat(outcome)
                            .as("call %d of %s with names of %s", i + 1, signature, names.tenant)
                            .isEqualTo(expected)
                            .doesNotContain("canary-", String.valueOf(MANY), String.valueOf(2 * MANY));
                    if (!signature.contains("publish")) { // what is ours now says canary, too
                        assertThat(outcome).doesNotContainIgnoringCase("canary");
                    }
                }
            }
        });

        assertThat(whatOthersHave()).isEqualTo(before);
        assertThat(all.find("own-webhook").orElseThrow().state()).isEqualTo(Webhook.State.PAUSED);
    }

    @Test
    void everyVerbIsTried() {
        listVerbs();

        assertThat(verbs.keySet())
                .as("add what is new to the verbs of this test, with names of others")
                .containsExactlyInAnyOrderElementsOf(
                        Stream.of(WebhookClient.class, Signers.class, Deliveries.class, Events.class, Statistics.class)
                                .flatMap(type -> Arrays.stream(type.getMethods()))
                                .filter(method -> !Modifier.isStatic(method.getModifiers()))
                                .map(TenantContract::signature)
                                .collect(Collectors.toSet()));
    }

    private static String signature(Method method) {
        return Arrays.stream(method.getParameterTypes())
                .map(Class::getSimpleName)
                .collect(Collectors.joining(
                        ",", method.getDeclaringClass().getSimpleName() + "." + method.getName() + "(", ")"));
    }

    @Test
    void idThatAnotherTenantHasIsTakenAndItsWebhookStaysAsItIs() throws Exception {
        List<Names> others = List.of(others(Optional.of(OTHER)), others(Optional.empty()));
        assertThat(failures.await(2, TimeUnit.MINUTES)).isTrue();
        String before = whatOthersHave();
        String expected = "InvalidWebhookException: id is taken; choose another, or leave it out to get a new one;"
                + " [Problem[id, id.taken, is taken; choose another, or leave it out to get a new one]]";

        for (Names names : others) {
            for (String id : names.webhooks) {
                assertThat(outcome(each -> own.register(hostile(id).build()), names))
                        .isEqualTo(expected);
                assertThat(outcome(each -> own.preview(hostile(id).build(), Event.of("own.type", 1)), names))
                        .isEqualTo(expected);
                assertThat(outcome(each -> own.test(hostile(id).build(), Event.of("own.type", 1)), names))
                        .isEqualTo(expected);
                assertThat(own.check(hostile(id).build()))
                        .extracting(problem -> problem.code())
                        .containsExactly("id.taken");
                assertThat(outcome(
                                each -> all.register(
                                        hostile(id).tenant("initech").build()),
                                names))
                        .as("nor does the client of all tenants give it to another one")
                        .startsWith("InvalidWebhookException: tenant of a webhook cannot be changed");
            }
        }

        assertThat(whatOthersHave()).isEqualTo(before);
        assertThat(own.list(WebhookQuery.all()).items()).hasSize(1);
    }

    // ---- what a verb answers, as text with everything that can be got out of it

    private String outcome(Verb verb, Names names) {
        try {
            return described(verb.call(names));
        } catch (Exception e) {
            return described(e);
        }
    }

    private String described(Object answer) {
        if (answer instanceof Optional<?> optional) {
            return optional.map(this::described).orElse("none");
        }
        if (answer instanceof Collection<?> items) {
            return items.stream().map(this::described).toList().toString();
        }
        if (answer instanceof Map<?, ?> map) {
            Map<String, String> sorted = new TreeMap<>();
            map.forEach((key, value) -> sorted.put(described(key), described(value)));
            return sorted.toString();
        }
        if (answer instanceof byte[] bytes) {
            return new String(bytes, StandardCharsets.UTF_8);
        }
        if (answer instanceof Secret secret) {
            return secret.reveal();
        }
        if (answer instanceof Record) {
            return answer.getClass().getSimpleName()
                    + Arrays.stream(answer.getClass().getRecordComponents())
                            .map(RecordComponent::getAccessor)
                            .map(accessor -> got(accessor, answer))
                            .toList();
        }
        if (answer instanceof Webhook) {
            return Arrays.stream(Webhook.class.getMethods())
                    .filter(method -> method.getParameterCount() == 0 && !Modifier.isStatic(method.getModifiers()))
                    .filter(method -> !method.getName().equals("toBuilder"))
                    .map(method -> method.getName() + "=" + got(method, answer))
                    .sorted()
                    .toList()
                    .toString();
        }
        if (answer instanceof InvalidWebhookException e) {
            return "InvalidWebhookException: " + e.getMessage() + "; " + described(e.problems());
        }
        if (answer instanceof Throwable e) {
            return e.getClass().getSimpleName() + ": " + e.getMessage()
                    + (e.getCause() == null ? "" : " <- " + described(e.getCause()));
        }
        return more(answer);
    }

    private String more(Object answer) {
        if (answer instanceof Bulk bulk) {
            List<Long> progress = new ArrayList<>();
            return "counts " + bulk.count() + ", does " + bulk.run(progress::add) + " by " + progress;
        }
        if (answer instanceof Signers signers) {
            return described(signers.list());
        }
        if (answer instanceof Deliveries deliveries) {
            return described(deliveries.list(DeliveryQuery.all()));
        }
        if (answer instanceof Events events) {
            return described(events.list(EventQuery.all()));
        }
        if (answer instanceof Statistics statistics) {
            return described(statistics.hourly(LONG_AGO, LONG_AGO.plus(GRACE)));
        }
        if (answer instanceof WebhookClient client) {
            return client + described(client.list(WebhookQuery.all())) + described(client.events());
        }
        return String.valueOf(answer);
    }

    private String got(Method accessor, Object of) {
        try {
            accessor.setAccessible(true);
            return described(accessor.invoke(of));
        } catch (InvocationTargetException e) {
            return described(e.getCause());
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }
}
