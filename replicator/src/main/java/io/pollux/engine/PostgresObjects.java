package io.pollux.engine;

import java.util.List;

/**
 * Queries whose rows are statements: they make, or clear away, what is in a database. Names come
 * out qualified because the session that asks has an empty search path.
 */
final class PostgresObjects {
  private static final String OF_EXTENSION =
      " NOT EXISTS (SELECT 1 FROM pg_depend e WHERE e.deptype = 'e' AND e.objid = ";

  private static final String IN_SCHEMA =
      " JOIN pg_namespace n ON n.oid = %s AND n.nspname NOT LIKE 'pg\\_%%'"
          + " AND n.nspname <> 'information_schema' AND"
          + OF_EXTENSION
          + "%s) ";

  private static final String OPTIONS =
      "coalesce(' WITH (' || array_to_string(c.reloptions, ', ') || ')', '')";

  private static final String SEQUENCE_OPTIONS =
      "format('INCREMENT BY %s MINVALUE %s MAXVALUE %s START WITH %s CACHE %s %s', s.seqincrement,"
          + " s.seqmin, s.seqmax, s.seqstart, s.seqcache,"
          + " CASE WHEN s.seqcycle THEN 'CYCLE' ELSE 'NO CYCLE' END)";

  /** What no statement below makes again. */
  static final String NOT_COPIED =
      "SELECT what FROM ("
          + "SELECT CASE c.relkind WHEN 'f' THEN 'foreign table ' WHEN 'p' THEN 'partitioned table '"
          + " WHEN 'm' THEN 'materialized view ' WHEN 'c' THEN 'composite type '"
          + " ELSE 'unlogged, inherited or typed table ' END || c.oid::regclass AS what FROM pg_class c"
          + in("c.relnamespace", "c.oid")
          + "WHERE c.relkind IN ('f', 'p', 'm', 'c') OR (c.relkind = 'r' AND (c.reloftype <> 0"
          + " OR c.relpersistence = 'u' OR EXISTS (SELECT 1 FROM pg_inherits h"
          + " WHERE c.oid IN (h.inhrelid, h.inhparent))))"
          + " UNION ALL SELECT 'rule ' || r.rulename || ' on ' || c.oid::regclass FROM pg_rewrite r"
          + " JOIN pg_class c ON c.oid = r.ev_class"
          + in("c.relnamespace", "c.oid")
          + "WHERE r.rulename <> '_RETURN'"
          + " UNION ALL SELECT 'row security of ' || c.oid::regclass FROM pg_class c"
          + in("c.relnamespace", "c.oid")
          + "WHERE c.relrowsecurity"
          + " UNION ALL SELECT 'type ' || t.oid::regtype FROM pg_type t"
          + in("t.typnamespace", "t.oid")
          + "WHERE t.typtype IN ('d', 'r') OR (t.typtype = 'b' AND t.typelem = 0)"
          + " UNION ALL SELECT 'aggregate ' || p.oid::regprocedure FROM pg_proc p"
          + in("p.pronamespace", "p.oid")
          + "WHERE p.prokind IN ('a', 'w') OR p.prolang IN"
          + " (SELECT oid FROM pg_language WHERE lanname IN ('c', 'internal'))"
          + " UNION ALL SELECT 'operator ' || o.oid::regoperator FROM pg_operator o"
          + in("o.oprnamespace", "o.oid")
          + " UNION ALL SELECT 'collation ' || o.collname FROM pg_collation o"
          + in("o.collnamespace", "o.oid")
          + " UNION ALL SELECT 'statistics ' || o.stxname FROM pg_statistic_ext o"
          + in("o.stxnamespace", "o.oid")
          + " UNION ALL SELECT 'text search configuration ' || o.cfgname FROM pg_ts_config o"
          + in("o.cfgnamespace", "o.oid")
          + " UNION ALL SELECT 'event trigger ' || evtname FROM pg_event_trigger"
          + " UNION ALL SELECT 'large object ' || oid FROM pg_largeobject_metadata"
          + ") o ORDER BY what";

  /** Before the rows. */
  static final List<String> BEFORE =
      List.of(
          "SELECT format('CREATE SCHEMA IF NOT EXISTS %I', n.nspname) FROM pg_namespace n"
              + " WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' AND"
              + OF_EXTENSION
              + "n.oid) ORDER BY 1",
          "SELECT format('CREATE EXTENSION IF NOT EXISTS %I SCHEMA %I', x.extname, n.nspname)"
              + " FROM pg_extension x JOIN pg_namespace n ON n.oid = x.extnamespace"
              + " WHERE x.extname <> 'plpgsql' ORDER BY x.oid",
          "SELECT format('CREATE TYPE %I.%I AS ENUM (%s)', n.nspname, t.typname,"
              + " (SELECT string_agg(quote_literal(enumlabel), ', ' ORDER BY enumsortorder)"
              + " FROM pg_enum WHERE enumtypid = t.oid)) FROM pg_type t"
              + in("t.typnamespace", "t.oid")
              + "WHERE t.typtype = 'e' ORDER BY t.oid",
          "SELECT format('CREATE SEQUENCE %I.%I AS %s %s', n.nspname, c.relname,"
              + " format_type(s.seqtypid, NULL), "
              + SEQUENCE_OPTIONS
              + ") FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid"
              + in("c.relnamespace", "c.oid")
              + "WHERE NOT EXISTS (SELECT 1 FROM pg_depend d"
              + " WHERE d.objid = c.oid AND d.deptype = 'i') ORDER BY c.oid");

  /** They may need the tables, or the tables them. */
  static final String FUNCTIONS =
      "SELECT pg_get_functiondef(p.oid) FROM pg_proc p"
          + in("p.pronamespace", "p.oid")
          + "WHERE p.prokind IN ('f', 'p') ORDER BY p.oid";

  static final String TABLES =
      "SELECT format('CREATE TABLE %I.%I (%s)%s', n.nspname, c.relname, (SELECT string_agg("
          + "format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod))"
          + " || CASE WHEN a.attcollation <> t.typcollation"
          + " THEN ' COLLATE ' || a.attcollation::regcollation ELSE '' END"
          + " || CASE WHEN a.attgenerated <> ''"
          + " THEN ' GENERATED ALWAYS AS (' || pg_get_expr(d.adbin, d.adrelid) || ') STORED'"
          + " WHEN a.attidentity <> '' THEN format(' GENERATED %s AS IDENTITY (SEQUENCE NAME %s %s)',"
          + " CASE a.attidentity WHEN 'a' THEN 'ALWAYS' ELSE 'BY DEFAULT' END, s.seqrelid::regclass, "
          + SEQUENCE_OPTIONS
          + ") WHEN d.oid IS NOT NULL THEN ' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid)"
          + " ELSE '' END || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END,"
          + " ', ' ORDER BY a.attnum) FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid"
          + " LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum"
          + " LEFT JOIN pg_depend i ON a.attidentity <> '' AND i.refobjid = a.attrelid"
          + " AND i.refobjsubid = a.attnum AND i.deptype = 'i' AND i.classid = 'pg_class'::regclass"
          + " LEFT JOIN pg_sequence s ON s.seqrelid = i.objid"
          + " WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped), "
          + OPTIONS
          + ") FROM pg_class c"
          + in("c.relnamespace", "c.oid")
          + "WHERE c.relkind = 'r' ORDER BY c.oid";

  /** Two halves of a COPY around its direction. */
  static final String ROWS =
      "SELECT format('COPY %I.%I (%s)', n.nspname, c.relname, string_agg(quote_ident(a.attname), ', '"
          + " ORDER BY a.attnum)) FROM pg_class c"
          + in("c.relnamespace", "c.oid")
          + "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
          + " AND a.attgenerated = '' WHERE c.relkind = 'r' GROUP BY n.nspname, c.relname, c.oid"
          + " ORDER BY c.oid";

  /** After the rows. */
  static final List<String> AFTER =
      List.of(
          "SELECT format('ALTER SEQUENCE %I.%I OWNED BY %s.%I', n.nspname, c.relname,"
              + " a.attrelid::regclass, a.attname) FROM pg_sequence s"
              + " JOIN pg_class c ON c.oid = s.seqrelid"
              + in("c.relnamespace", "c.oid")
              + "JOIN pg_depend d ON d.objid = c.oid AND d.deptype = 'a' AND d.refobjsubid > 0"
              + " JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid",
          "SELECT format('ALTER TABLE %s ADD CONSTRAINT %I %s', k.conrelid::regclass, k.conname,"
              + " pg_get_constraintdef(k.oid)) FROM pg_constraint k"
              + in("k.connamespace", "k.conrelid")
              + "WHERE k.conrelid <> 0 AND k.contype IN ('p', 'u', 'x', 'c', 'f')"
              + " ORDER BY k.contype = 'f', k.oid",
          "SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i"
              + " JOIN pg_class c ON c.oid = i.indexrelid"
              + in("c.relnamespace", "i.indrelid")
              + "JOIN pg_class t ON t.oid = i.indrelid AND t.relkind = 'r'"
              + " WHERE NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid"
              + " AND k.contype IN ('p', 'u', 'x')) ORDER BY i.indexrelid");

  /** One may need another. */
  static final String VIEWS =
      "SELECT format('CREATE VIEW %I.%I%s AS %s', n.nspname, c.relname, "
          + OPTIONS
          + ", pg_get_viewdef(c.oid)) FROM pg_class c"
          + in("c.relnamespace", "c.oid")
          + "WHERE c.relkind = 'v' ORDER BY c.oid";

  /** The last of all. */
  static final List<String> LAST =
      List.of(
          "SELECT pg_get_triggerdef(g.oid) FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid"
              + in("c.relnamespace", "c.oid")
              + "WHERE NOT g.tgisinternal ORDER BY g.oid",
          "SELECT format('ALTER TABLE %s DISABLE TRIGGER %I', g.tgrelid::regclass, g.tgname)"
              + " FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid"
              + in("c.relnamespace", "c.oid")
              + "WHERE NOT g.tgisinternal AND g.tgenabled = 'D'",
          "SELECT format('SELECT pg_catalog.setval(%L, %s, true)', c.oid::regclass,"
              + " pg_sequence_last_value(c.oid)) FROM pg_sequence q"
              + " JOIN pg_class c ON c.oid = q.seqrelid"
              + in("c.relnamespace", "c.oid")
              + "WHERE pg_sequence_last_value(q.seqrelid) IS NOT NULL",
          "SELECT format('COMMENT ON %s %s IS %L', CASE WHEN o.type LIKE '%column' THEN 'COLUMN'"
              + " WHEN o.type = 'table constraint' THEN 'CONSTRAINT' ELSE upper(o.type) END,"
              + " o.identity, d.description) FROM pg_description d,"
              + " LATERAL pg_identify_object(d.classoid, d.objoid, d.objsubid) o"
              + " JOIN pg_namespace n ON n.nspname = coalesce(o.schema, split_part(o.identity, '.', 1))"
              + " OR (o.type IN ('table constraint', 'trigger') AND o.schema IS NULL)"
              + " WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' AND"
              + OF_EXTENSION
              + "d.objoid) AND d.classoid IN ('pg_class'::regclass, 'pg_type'::regclass,"
              + " 'pg_proc'::regclass, 'pg_constraint'::regclass, 'pg_trigger'::regclass)"
              + " GROUP BY o.type, o.identity, d.description ORDER BY 1");

  /** Clears a database away, but for extensions and the schemas that they and everybody share. */
  static final List<String> CLEAR =
      List.of(
          "SELECT format('DROP SCHEMA %I CASCADE', n.nspname) FROM pg_namespace n"
              + " WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname NOT IN ('information_schema', 'public')"
              + " AND NOT EXISTS (SELECT 1 FROM pg_extension x WHERE x.extnamespace = n.oid) AND"
              + OF_EXTENSION
              + "n.oid)",
          "SELECT format('DROP %s IF EXISTS %I.%I CASCADE', CASE c.relkind WHEN 'v' THEN 'VIEW'"
              + " WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE'"
              + " WHEN 'f' THEN 'FOREIGN TABLE' WHEN 'c' THEN 'TYPE' ELSE 'TABLE' END, n.nspname,"
              + " c.relname) FROM pg_class c"
              + in("c.relnamespace", "c.oid")
              + "WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f', 'c') AND NOT EXISTS"
              + " (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'i')",
          "SELECT 'DROP ROUTINE IF EXISTS ' || p.oid::regprocedure || ' CASCADE' FROM pg_proc p"
              + in("p.pronamespace", "p.oid"),
          "SELECT 'DROP TYPE IF EXISTS ' || t.oid::regtype || ' CASCADE' FROM pg_type t"
              + in("t.typnamespace", "t.oid")
              + "WHERE t.typtype IN ('e', 'd', 'r')");

  private PostgresObjects() {}

  private static String in(String schema, String object) {
    return IN_SCHEMA.formatted(schema, object);
  }
}
