package io.github.webhooks4j.jdbc;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the schema files make: tables, columns and indexes, each with the statement that adds it where it is missing. */
final class SchemaParts {
    private static final Pattern TABLE =
            Pattern.compile("CREATE TABLE IF NOT EXISTS \\$\\{prefix}(\\w+) \\(\\n(.*?)\\n\\)", Pattern.DOTALL);
    private static final Pattern COLUMN =
            Pattern.compile("^  (?!PRIMARY |INDEX |UNIQUE )(\\w+) (.*?)(?: PRIMARY KEY)?,?$", Pattern.MULTILINE);
    private static final Pattern KEY =
            Pattern.compile("^  (?:(\\w+) .*)?PRIMARY KEY(?: \\((.*)\\))?,?$", Pattern.MULTILINE);
    /** Where an index cannot be created by itself unless it is there. */
    private static final Pattern INDEX_OF_TABLE =
            Pattern.compile("^  ((?:UNIQUE )?INDEX) \\$\\{prefix}(\\w+) (\\(.*\\)),?$", Pattern.MULTILINE);

    private static final Pattern INDEX =
            Pattern.compile("CREATE (?:UNIQUE )?INDEX IF NOT EXISTS \\$\\{prefix}(\\w+)\\s[^;]*");
    private static final Pattern INDEX_NAME = Pattern.compile("INDEX (IF NOT EXISTS )?\\$\\{prefix}");

    private final Sql sql;
    private final List<String> files;
    private final List<MatchResult> tables;

    /** What these files make. */
    SchemaParts(Sql sql, List<String> files) {
        this.sql = sql;
        this.files = files;
        tables = files.stream().flatMap(file -> TABLE.matcher(file).results()).toList();
    }

    /** The names of the tables, without their prefix. */
    List<String> tables() {
        return tables.stream().map(table -> table.group(1)).toList();
    }

    /** The columns of each table, which has its full name. */
    Map<String, Map<String, String>> columns() {
        Map<String, Map<String, String>> all = new LinkedHashMap<>();
        for (MatchResult table : tables) {
            String name = sql.table(table.group(1));
            Map<String, String> columns = new LinkedHashMap<>();
            COLUMN.matcher(table.group(2))
                    .results()
                    .forEach(column -> columns.put(
                            column.group(1),
                            "ALTER TABLE " + name + " ADD COLUMN " + column.group(1) + " " + filled(column.group(2))));
            all.put(name, columns);
        }
        return all;
    }

    /** So that it can be added to rows that are there. */
    private static String filled(String definition) {
        return switch (definition) {
            case "BOOLEAN NOT NULL" -> definition + " DEFAULT FALSE";
            case "SMALLINT NOT NULL", "INT NOT NULL", "BIGINT NOT NULL" -> definition + " DEFAULT 0";
            default -> definition;
        };
    }

    /** The indexes, with their prefix. That of a primary key has the name of its table. */
    Map<String, String> indexes() {
        Map<String, String> indexes = new LinkedHashMap<>();
        for (MatchResult table : tables) {
            Matcher key = KEY.matcher(table.group(2));
            if (key.find()) {
                indexes.put(
                        sql.prefix() + table.group(1),
                        "ALTER TABLE " + sql.table(table.group(1)) + " ADD PRIMARY KEY ("
                                + (key.group(1) == null ? key.group(2) : key.group(1)) + ")");
            }
            INDEX_OF_TABLE
                    .matcher(table.group(2))
                    .results()
                    .forEach(index -> indexes.put(
                            sql.prefix() + index.group(2),
                            "ALTER TABLE " + sql.table(table.group(1)) + " ADD " + index.group(1) + " " + sql.prefix()
                                    + index.group(2) + " " + index.group(3)));
        }
        List<MatchResult> created = new ArrayList<>();
        files.forEach(file -> created.addAll(INDEX.matcher(file).results().toList()));
        for (MatchResult index : created) {
            indexes.put(
                    sql.prefix() + index.group(1),
                    statement(index.group())
                            .replace("IF NOT EXISTS ", "")
                            .replaceAll("\\s+", " ")
                            .strip());
        }
        return indexes;
    }

    /** Statements of a file for this store. An index is in the schema of its table: its own name takes none. */
    String statement(String text) {
        return sql.of(INDEX_NAME
                .matcher(text)
                .replaceAll(name -> "INDEX " + (name.group(1) == null ? "" : name.group(1)) + sql.prefix()));
    }
}
