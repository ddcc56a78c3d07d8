-- Two tenants in every table: rows that satisfy the columns, made from the catalogue, so that a new table is covered
-- by itself. A check constraint that these values break stops here, loudly: give that table its own row above.
do $$
declare t record; tenant uuid; k int; names text; numbers text;
begin
  set local session_replication_role = replica;  -- neither triggers nor foreign keys
  for t in select c.oid, n.nspname || '.' || c.relname as object from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where n.nspname in ('es', 'read', 'rebuild', 'ops', 'iam') and c.relkind in ('r', 'p') and not c.relispartition
              and exists (select 1 from pg_attribute x where x.attrelid = c.oid and x.attname = 'tenant_id' and not x.attisdropped)
  loop
    foreach tenant in array array['aaaaaaaa-0000-7000-8000-000000000001', 'bbbbbbbb-0000-7000-8000-000000000002']::uuid[] loop
      for k in 1..2 loop
        select string_agg(quote_ident(attname), ','), string_agg(
            case when attname = 'tenant_id' then quote_literal(tenant) || '::uuid'
                 when typname = 'uuid' then quote_literal(md5(tenant::text || t.object || attname || k)) || '::uuid'
                 when typname in ('int2', 'int4', 'int8', 'numeric') then k::text
                 when typname = 'bool' then 'true'
                 when typname = 'bytea' then format('sha256(%L)', tenant::text || k)
                 when typname in ('json', 'jsonb') then quote_literal('{}')
                 when typname = 'date' then quote_literal(date '2026-01-01' + k)
                 when typname = 'timestamptz' then quote_literal(timestamptz '2026-01-01 00:00Z' + make_interval(secs => k))
                 when typcategory = 'A' then quote_literal('{}')
                 else quote_literal(attname || k) end, ',')
          into names, numbers
          from pg_attribute a join pg_type y on y.oid = a.atttypid
         where a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' and a.attidentity = '';
        execute format('insert into %s (%s) values (%s) on conflict do nothing', t.object, names, numbers);
      end loop;
    end loop;
  end loop;
end $$;
