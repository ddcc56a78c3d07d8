-- Tenant isolation, judged by trying: as the role in audit.role, every table, view and verb, with two tenants.
-- A table in which fewer than two tenants have rows proves nothing, and that is a finding too.
do $$
declare
  t record; a text; b text; own bigint; n bigint; verb text; foreign_row jsonb; columns text; who text := current_setting('audit.role');
begin
  for t in select c.oid, c.relkind, n.nspname || '.' || c.relname as object from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and c.relkind in ('r', 'p', 'v')
              and exists (select 1 from pg_attribute x where x.attrelid = c.oid and x.attname = 'tenant_id' and not x.attisdropped) order by 3
  loop
    begin
      execute format('select min(tenant_id::text), max(tenant_id::text) from %s', t.object) into a, b;
      if a is null or a = b then
        insert into findings values ('B0 vacuous', t.object, 'fewer than two tenants have rows');
        continue;
      end if;
      execute format('select count(*) from %s where tenant_id::text = $1', t.object) into own using a;
      if not (has_table_privilege(who, t.oid, 'SELECT') and has_schema_privilege(who, split_part(t.object, '.', 1), 'USAGE')) then continue; end if;

      execute format('set local role %I', who);
      perform set_config('app.tenant', '', true), set_config('app.tenants', '', true);
      execute format('select count(*) from %s', t.object) into n;
      reset role;
      if n <> 0 then insert into findings values ('B1 default deny', t.object, n || ' rows without a tenant'); end if;

      execute format('set local role %I', who);
      perform set_config('app.tenant', a, true), set_config('app.tenants', a, true);
      execute format('select count(*) from %s where tenant_id::text is distinct from $1', t.object) into n using a;
      reset role;
      if n <> 0 then insert into findings values ('B2 read', t.object, n || ' rows of others'); end if;

      execute format('set local role %I', who);
      execute format('select count(*) from %s', t.object) into n;
      reset role;
      if n < own then insert into findings values ('B3 complete', t.object, format('%s of %s own rows', n, own)); end if;
      if t.relkind = 'v' then continue; end if;

      execute format('select to_jsonb(x) from %s x where tenant_id::text = $1 limit 1', t.object) into foreign_row using b;
      select string_agg(quote_ident(attname), ',') into columns from pg_attribute
       where attrelid = t.oid and attnum > 0 and not attisdropped and attgenerated = '';
      foreach verb in array array['INSERT', 'UPDATE', 'MOVE', 'DELETE'] loop
        if not has_table_privilege(who, t.oid, case verb when 'MOVE' then 'UPDATE' else verb end) then continue; end if;
        begin
          execute format('set local role %I', who);
          perform set_config('app.tenant', a, true), set_config('app.tenants', a, true);
          case verb
            when 'INSERT' then execute format('insert into %1$s (%2$s) select %2$s from jsonb_populate_record(null::%1$s, $1)', t.object, columns) using foreign_row;
            when 'UPDATE' then execute format('update %s set tenant_id = tenant_id where tenant_id::text = $1', t.object) using b;
            when 'MOVE' then execute format('update %s set tenant_id = $2::uuid where tenant_id::text = $1', t.object) using a, b;
            else execute format('delete from %s where tenant_id::text = $1', t.object) using b;
          end case;
          get diagnostics n = row_count;
          raise exception 'undo' using errcode = 'ZZ001', detail = n::text;
        exception
          when sqlstate 'ZZ001' then
            if n <> 0 then insert into findings values ('B4 write', t.object, format('%s touched %s rows of another tenant', verb, n)); end if;
          when insufficient_privilege then null;  -- the policy refused: that is the pass
          when others then insert into findings values ('B5 luck', t.object, format('%s was refused by %s, not by the policy', verb, sqlstate));
        end;
      end loop;
    exception when others then
      insert into findings values ('B9 error', t.object, sqlstate || ' ' || sqlerrm);
    end;
  end loop;
end $$;
