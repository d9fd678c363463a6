package io.github.webhooks4j;

import java.lang.reflect.Method;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.slf4j.helpers.BasicMDCAdapter;
import org.slf4j.spi.MDCAdapter;

/** While it is open, logging has an MDC: the backend of the tests has none. */
public final class MdcInUse implements AutoCloseable {
    private final MDCAdapter before;

    /** Begins, with an empty MDC. */
    public MdcInUse() {
        LoggerFactory.getLogger(MdcInUse.class); // which puts the adapter of the backend into its place
        before = MDC.getMDCAdapter();
        set(new BasicMDCAdapter());
    }

    private static void set(MDCAdapter adapter) {
        try {
            Method set = MDC.class.getDeclaredMethod("setMDCAdapter", MDCAdapter.class);
            set.setAccessible(true);
            set.invoke(null, adapter);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        set(before);
    }
}
