-- Schemas, roles, the event store, and the rules by which every tenant table is protected.
-- Forward only. es.events is the truth and is never rewritten by a migration.

do $$
declare r text;
begin
  foreach r in array array['q_owner', 'q_iam'] loop
    if not exists (select 1 from pg_roles where rolname = r) then execute format('create role %I nologin', r); end if;
    execute format('grant %I to %I', r, current_user);
  end loop;
  foreach r in array array['q_app', 'q_committer', 'q_projector', 'q_router'] loop
    if not exists (select 1 from pg_roles where rolname = r) then execute format('create role %I login noinherit', r); end if;
  end loop;
  execute format('revoke all on database %I from public', current_database());
  execute format('grant connect on database %I to q_app, q_committer, q_projector, q_router', current_database());
  -- What was known at a moment is projected into tables of the transaction that asks (ops.recall).
  execute format('grant temporary on database %I to q_projector', current_database());
  execute format('grant create on database %I to q_owner, q_iam', current_database());
end $$;
revoke all on schema public from public;

create schema es authorization q_owner;
create schema read authorization q_owner;     -- read models: derived, rebuilt beside themselves, swapped
create schema rebuild authorization q_owner;  -- where they are rebuilt
create schema ops authorization q_owner;
create schema iam authorization q_iam;
grant usage on schema es to q_app, q_committer, q_projector, q_router;
grant usage on schema read, ops to q_app, q_projector;
grant usage on schema rebuild to q_projector;
grant usage on schema ops, read to q_router;
grant usage on schema iam to q_app, q_committer, q_projector, q_owner;
grant usage on schema es to q_iam;

-- Who is asking ----------------------------------------------------------------------------------------------------

-- Bound when created, so no search_path can change them, and without settings of their own, so that the planner inlines
-- them: a call would parse its body for every statement of every tenant table (measured: 0.05 ms).
-- After SET LOCAL ends the setting is '', not null: hence nullif.
create function iam.tenant() returns uuid language sql stable parallel safe
return nullif(current_setting('app.tenant', true), '')::uuid;

-- The committer appends for several tenants in one transaction, and for those only.
create function iam.tenants() returns uuid[] language sql stable parallel safe
return string_to_array(nullif(current_setting('app.tenants', true), ''), ',')::uuid[];

alter function iam.tenant() owner to q_iam;
alter function iam.tenants() owner to q_iam;
revoke all on function iam.tenant(), iam.tenants() from public;
grant execute on function iam.tenant() to q_app, q_projector, q_owner;
grant execute on function iam.tenants() to q_committer, q_owner;

-- The log ----------------------------------------------------------------------------------------------------------

-- Appending bumps this row and so takes the tenant's next positions under its lock: dense, in commit order.
create table es.log_heads (
  tenant_id   uuid primary key,
  position    bigint not null default 0 check (position >= 0),
  recorded_at timestamptz not null default '-infinity'
) with (fillfactor = 40);

create table es.events (
  tenant_id      uuid not null,
  aggregate_type text not null,
  aggregate_id   uuid not null,
  sequence       bigint not null check (sequence > 0),
  position       bigint not null check (position > 0),
  event_type     text not null,
  event_version  smallint not null,
  payload        json not null,      -- json, not jsonb: the bytes stay as hashed
  metadata       json not null,
  actor_id       uuid not null,
  command_id     uuid,               -- on a command's first event only
  correlation_id uuid not null,
  causation_id   uuid,
  recorded_at    timestamptz not null,
  leaf_hash      bytea not null,
  primary key (tenant_id, aggregate_id, sequence)
);
create unique index events_position on es.events (tenant_id, position);
create unique index events_command on es.events (tenant_id, command_id) where command_id is not null;

create table es.unique_keys (
  tenant_id    uuid not null,
  key          text collate "C" not null, -- in the order of its bytes: all that begins with something lies together
  on_date      date not null,        -- '-infinity' where the claim has no date
  aggregate_id uuid not null,
  primary key (tenant_id, key, on_date)
);
-- Login: whose key this is, before its tenant is known.
create index unique_keys_login on es.unique_keys (key) where key like 'api-key|%';

-- Disposable: whatever is here can be folded again from the events.
create table es.snapshots (
  tenant_id     uuid not null,
  aggregate_id  uuid not null,
  state_version int not null,
  sequence      bigint not null,
  state         text not null,
  primary key (tenant_id, aggregate_id, state_version)
);

-- Documents as they came in, byte for byte.
create table es.originals (
  tenant_id uuid not null,
  sha256    bytea not null check (length(sha256) = 32),
  bytes     bytea not null,
  primary key (tenant_id, sha256)
);
alter table es.originals alter column bytes set storage external;  -- XML compresses, PDF does not; speed over space

create function es.refuse_change() returns trigger language plpgsql set search_path = '' as
$$ begin raise exception '% on % is not allowed: history is append-only', tg_op, tg_table_name using errcode = 'ES004'; end $$;
create trigger events_append_only before update or delete on es.events for each row execute function es.refuse_change();
create trigger events_no_truncate before truncate on es.events for each statement execute function es.refuse_change();
create trigger originals_append_only before update or delete on es.originals for each row execute function es.refuse_change();
create trigger originals_no_truncate before truncate on es.originals for each statement execute function es.refuse_change();

-- Where projectors, process managers and relays stand ----------------------------------------------------------------

create table ops.checkpoints (
  tenant_id  uuid not null,
  projector  text not null,
  version    int not null,
  position   bigint not null,
  replay_until bigint not null default 0,  -- a relay was sent back from here: what it sends below is a replay
  updated_at timestamptz not null default now(),
  primary key (tenant_id, projector)
) with (fillfactor = 40);
create index checkpoints_projector on ops.checkpoints (projector, tenant_id) include (position);

-- A poisoned event stops only its tenant and projector, until somebody mends the cause.
create table ops.dead_letters (
  tenant_id  uuid not null,
  projector  text not null,
  position   bigint not null,
  error      text not null,
  attempts   int not null default 1,
  first_at   timestamptz not null default now(),
  last_at    timestamptz not null default now(),
  primary key (tenant_id, projector)
);

-- What a process manager could not do because a command was refused: it stands here until it has been done after all. What
-- somebody has dismissed has events of its own, under the same id.
create table ops.refused_reactions (
  tenant_id      uuid not null,
  refusal_id     uuid not null,  -- the command's: trying again is the same command
  manager        text not null,
  position       bigint not null,  -- of the event that asked for it
  event_type     text not null,
  aggregate_type text not null,
  aggregate_id   uuid not null,
  concerned      uuid,  -- where one event concerns many things, the one that refused
  code           text not null,
  detail         text not null,
  attempts       int not null default 1,
  first_at       timestamptz not null default now(),
  last_at        timestamptz not null default now(),
  primary key (tenant_id, refusal_id)
);
create index refused_reactions_position on ops.refused_reactions (tenant_id, position, refusal_id);

-- Secrets of tenants, sealed with a key that the database never sees.
create table ops.sealed_secrets (
  tenant_id uuid not null,
  secret_id uuid not null,
  sealed    bytea not null,
  primary key (tenant_id, secret_id)
);

-- Who works on something now, and when it is tried again: a transfer, a payment's remittance advice. Losing a row costs one more try.
create table ops.leases (
  tenant_id uuid not null,
  kind      text not null,
  id        uuid not null,
  next_at   timestamptz not null,
  tries     int not null,
  trouble   text,
  primary key (tenant_id, kind, id)
);

-- Protection ---------------------------------------------------------------------------------------------------------

create procedure ops.force_row_security(target regclass) language plpgsql set search_path = '' as $$
begin
  execute format('alter table %s owner to q_owner', target);
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
end $$;

-- A read model: the app reads one tenant's rows, the projector writes them.
create procedure ops.protect_read_model(target regclass) language plpgsql set search_path = '' as $$
begin
  call ops.force_row_security(target);
  execute format('create policy app on %s for select to q_app using (tenant_id = (select iam.tenant()))', target);
  execute format('create policy projector on %s for all to q_projector using (tenant_id = (select iam.tenant())) with check (tenant_id = (select iam.tenant()))', target);
  execute format('grant select on %s to q_app', target);
  execute format('grant select, insert, update, delete on %s to q_projector', target);
end $$;

-- An empty twin of a read model in schema rebuild, with the same columns, keys, indexes and protection.
create procedure ops.shadow(name text) language plpgsql set search_path = '' as $$
declare own_key text;
begin
  execute format('drop table if exists rebuild.%I', name);
  -- Rows come in by their key, most of them once: any other index costs less once they are all there (ops.index). Unlogged
  -- they would come in 1.1 times as fast, and writing the whole table to the log at the end costs three times what that saves.
  execute format('create table rebuild.%I (like read.%I including all excluding indexes)', name, name);
  select pg_get_constraintdef(c.oid) into own_key from pg_constraint c where c.conrelid = format('read.%I', name)::regclass and c.contype = 'p';
  if own_key is not null then execute format('alter table rebuild.%I add %s', name, own_key); end if;
  call ops.protect_read_model(format('rebuild.%I', name)::regclass);
  if name in ('approvals', 'payments', 'transfers', 'recurring_invoices', 'discount_windows') then call ops.admit_clock(format('rebuild.%I', name)::regclass); end if;
end $$;

-- An empty twin of a read model that only this transaction sees, before the live one: for its rows as they were at another time.
create procedure ops.recall(name text) language plpgsql set search_path = '' as $$
begin
  execute format('create temporary table %I (like read.%I including all) on commit drop', name, name);
end $$;

grant execute on procedure ops.recall(text) to q_projector;

-- Gives a shadow those indexes of its table that it lacks.
create procedure ops.index(name text) language plpgsql set search_path = '' as $$
declare definition text;
begin
  for definition in
    select pg_get_indexdef(i.indexrelid) from pg_index i join pg_class c on c.oid = i.indexrelid
     where i.indrelid = format('read.%I', name)::regclass and not i.indisprimary
       and not exists (select 1 from pg_class k where k.relnamespace = 'rebuild'::regnamespace and k.relname = c.relname)
     order by c.relname
  loop
    execute replace(definition, ' ON read.', ' ON rebuild.');
  end loop;
end $$;

-- Gives a shadow whose rows are there all its indexes, and the planner what it has to know of the rows.
create procedure ops.complete(name text) language plpgsql set search_path = '' as $$
begin
  call ops.index(name);
  execute format('analyze rebuild.%I', name);
end $$;

-- The clock has to find what is due before it knows the tenant: when, and nothing else.
create procedure ops.admit_clock(target regclass) language plpgsql set search_path = '' as $$
begin
  execute format('create policy router on %s for select to q_router using (tenant_id is not null)', target);
  execute format('grant select (tenant_id, due_at) on %s to q_router', target);
end $$;

-- The shadow takes the live table's place. Callers hold the transaction, and have completed it before: here nobody may wait for long.
create procedure ops.swap(name text) language plpgsql set search_path = '' as $$
begin
  call ops.index(name);
  execute format('drop table read.%I', name);
  execute format('alter table rebuild.%I set schema read', name);
end $$;

do $$
declare t text;
begin
  foreach t in array array['es.log_heads', 'es.events', 'es.unique_keys', 'es.snapshots', 'es.originals'] loop
    call ops.force_row_security(t::regclass);
    execute format('create policy app on %s for select to q_app using (tenant_id = (select iam.tenant()))', t);
    execute format('create policy committer on %s for all to q_committer using (tenant_id = any ((select iam.tenants())::uuid[])) with check (tenant_id = any ((select iam.tenants())::uuid[]))', t);
    execute format('grant select on %s to q_app', t);
  end loop;
  foreach t in array array['ops.checkpoints', 'ops.dead_letters', 'ops.refused_reactions', 'ops.sealed_secrets', 'ops.leases'] loop
    call ops.force_row_security(t::regclass);
    execute format('create policy app on %s for select to q_app using (tenant_id = (select iam.tenant()))', t);
    execute format('create policy projector on %s for all to q_projector using (tenant_id = (select iam.tenant())) with check (tenant_id = (select iam.tenant()))', t);
    execute format('grant select on %s to q_app', t);
    execute format('grant select, insert, update, delete on %s to q_projector', t);
  end loop;
end $$;

grant select, insert, update on es.log_heads to q_committer;
grant select, insert on es.events to q_committer;
grant select, insert, delete on es.unique_keys to q_committer;
-- Login has to find a key before it knows the tenant: of all unique facts it sees the keys that open something.
create policy login on es.unique_keys for select to q_iam using (key like 'api-key|%');
grant select on es.unique_keys to q_iam;
grant select, insert, update on es.snapshots to q_committer;
grant select, insert on es.originals to q_committer;
create policy projector on es.events for select to q_projector using (tenant_id = (select iam.tenant()));
create policy projector on es.log_heads for select to q_projector using (tenant_id = (select iam.tenant()));
grant select on es.events, es.log_heads to q_projector;

-- The router finds work: which tenant is where, and nothing else.
create policy router on es.log_heads for select to q_router using (tenant_id is not null);
create policy router on ops.checkpoints for select to q_router using (tenant_id is not null);
create policy router on ops.dead_letters for select to q_router using (tenant_id is not null);
grant select (tenant_id, position) on es.log_heads to q_router;
grant select (tenant_id, projector, position) on ops.checkpoints to q_router;
grant select (tenant_id, projector, position, last_at) on ops.dead_letters to q_router;

-- What was refused and nobody has dismissed.
create view ops.open_refusals with (security_invoker = true, security_barrier = true) as
  select r.* from ops.refused_reactions r
   where not exists (select 1 from es.events e where e.tenant_id = r.tenant_id and e.aggregate_id = r.refusal_id);
alter view ops.open_refusals owner to q_owner;
grant select on ops.open_refusals to q_app;

-- What a stock `postgres-es` repository reads; its metadata is a map of strings.
create view es.postgres_es_events with (security_invoker = true, security_barrier = true) as
  select tenant_id, aggregate_type, aggregate_id::text as aggregate_id, sequence, event_type, event_version || '.0' as event_version, payload,
         (select coalesce(json_object_agg(m.key, m.value), '{}') from json_each_text(metadata) m where m.value is not null) as metadata
    from es.events;
alter view es.postgres_es_events owner to q_owner;
grant select on es.postgres_es_events to q_app;
