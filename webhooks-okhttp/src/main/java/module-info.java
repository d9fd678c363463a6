import org.jspecify.annotations.NullMarked;

/** Sends webhooks with OkHttp. */
@NullMarked
module io.github.webhooks4j.okhttp {
    requires transitive io.github.webhooks4j;
    requires transitive okhttp3;
    requires org.slf4j;
    requires static transitive org.jspecify;

    exports io.github.webhooks4j.okhttp;
}
