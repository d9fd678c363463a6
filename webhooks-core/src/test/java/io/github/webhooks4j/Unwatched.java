package io.github.webhooks4j;

/** Nobody cares what happens to webhooks. */
class Unwatched implements Registry.Watching {
    @Override
    public void seen(WebhookSettings webhook, long statusVersion) {}

    @Override
    public void removed(String webhookId) {}

    @Override
    public void opened(String webhookId) {}

    @Override
    public void sweepable(String webhookId) {}

    @Override
    public void cutOff(String webhookId, boolean isSwept) {}
}
