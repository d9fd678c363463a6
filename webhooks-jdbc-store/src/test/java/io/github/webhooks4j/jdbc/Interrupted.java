package io.github.webhooks4j.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Connections on which something happens, once, right before a statement is prepared. Another data source does the rest. */
final class Interrupted {
    private final DataSource target;
    private Pattern statement = Pattern.compile("nothing yet");
    private ThrowingCallable action = () -> {};
    private boolean met;

    Interrupted(DataSource target) {
        this.target = target;
    }

    DataSource source() {
        return (DataSource) Proxy.newProxyInstance(
                Interrupted.class.getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, args) -> {
                    Object result = invoke(target, method, args);
                    return result instanceof Connection connection ? watched(connection) : result;
                });
    }

    /** Does this right before a statement is prepared in which this is found. */
    void before(String regex, ThrowingCallable action) {
        statement = Pattern.compile(regex, Pattern.DOTALL);
        this.action = action;
    }

    void assertMet() {
        assertThat(met).as("a statement like " + statement).isTrue();
    }

    private Connection watched(Connection connection) {
        return (Connection) Proxy.newProxyInstance(
                Interrupted.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, args) -> {
                    if (!met
                            && method.getName().equals("prepareStatement")
                            && statement.matcher((String) args[0]).find()) {
                        met = true;
                        action.call();
                    }
                    return invoke(connection, method, args);
                });
    }

    private static Object invoke(Object target, java.lang.reflect.Method method, Object[] args) throws Throwable {
        try {
            return method.invoke(target, args);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
