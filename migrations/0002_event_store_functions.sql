-- Appending and loading. Each function is one round trip, runs with its caller's rights, and sets the tenant itself.
-- The rare ones plan at each call: a plan made while the log was empty may walk the whole tenant by the wrong index.
-- Errors: ES001 head moved, ES003 unknown tenant, ES005 a unique fact is taken.

-- The leaf of an event: RFC 9162's 0x00, then canonical version 1: tenant, position, recorded_at in microseconds since
-- 1970, SHA-256 of the length-prefixed content (computed by the writer).
create function es.leaf_hash(tenant uuid, pos bigint, at_us bigint, digest bytea) returns bytea language sql immutable parallel safe set search_path = '' as
$$ select sha256('\x0001'::bytea || uuid_send(tenant) || int8send(pos) || int8send(at_us) || digest) $$;

-- Opens an empty log. Opening it twice changes nothing.
create function es.open_log(tenant uuid) returns void language plpgsql set search_path = '' as $$
begin
  perform set_config('app.tenants', tenant::text, true);
  insert into es.log_heads (tenant_id) values (tenant) on conflict do nothing;
end $$;

-- Fast path: the committer knows the heads and has numbered the events; the database verifies and stores, all or nothing.
-- One aggregate's sequence is guarded by the primary key, a command's id by its index: 23505 either way.
create function es.append(
  h_tenant uuid[], h_from bigint[], h_to bigint[],
  e_tenant uuid[], e_position bigint[], e_aggregate_type text[], e_aggregate uuid[], e_sequence bigint[], e_type text[], e_version smallint[],
  e_payload text[], e_metadata text[], e_actor uuid[], e_command uuid[], e_correlation uuid[], e_causation uuid[], e_digest bytea[]
) returns void language plpgsql as $$
declare v_at timestamptz; v_us bigint; v_moved int;
begin
  perform set_config('app.tenants', array_to_string(h_tenant, ','), true);
  if cardinality(h_tenant) = 1 then
    update es.log_heads h set position = h_to[1], recorded_at = greatest(clock_timestamp(), h.recorded_at)
     where h.tenant_id = h_tenant[1] and h.position = h_from[1] returning h.recorded_at into v_at;
    if not found then raise exception 'head moved' using errcode = 'ES001'; end if;
  else
    -- Everybody locks heads in tenant order, so nobody deadlocks.
    select greatest(clock_timestamp(), max(l.recorded_at)) into v_at
      from (select h.recorded_at from es.log_heads h where h.tenant_id = any (h_tenant) order by h.tenant_id for update) l;
    update es.log_heads h set position = u.upto, recorded_at = v_at
      from unnest(h_tenant, h_from, h_to) u(tenant_id, since, upto) where h.tenant_id = u.tenant_id and h.position = u.since;
    get diagnostics v_moved = row_count;
    if v_moved <> cardinality(h_tenant) then raise exception 'head moved' using errcode = 'ES001'; end if;
  end if;
  v_us := (extract(epoch from v_at) * 1000000)::bigint;
  insert into es.events (tenant_id, aggregate_type, aggregate_id, sequence, position, event_type, event_version, payload, metadata,
                         actor_id, command_id, correlation_id, causation_id, recorded_at, leaf_hash)
  select u.t, u.kind, u.id, u.seq, u.pos, u.ty, u.v, u.p::json, u.m::json, u.actor, u.command, u.corr, u.cause, v_at,
         sha256('\x0001'::bytea || uuid_send(u.t) || int8send(u.pos) || int8send(v_us) || u.digest)
    from unnest(e_tenant, e_position, e_aggregate_type, e_aggregate, e_sequence, e_type, e_version, e_payload, e_metadata, e_actor,
                e_command, e_correlation, e_causation, e_digest)
         as u(t, pos, kind, id, seq, ty, v, p, m, actor, command, corr, cause, digest);
end $$;

-- The unique facts and originals of a batch; same transaction as its events. ES005 if somebody else holds one.
create function es.append_facts(
  r_tenant uuid[], r_key text[], r_on date[], r_holder uuid[],
  t_tenant uuid[], t_key text[], t_on date[], t_holder uuid[],
  o_tenant uuid[], o_sha256 bytea[], o_bytes bytea[]
) returns void language plpgsql as $$
begin
  if cardinality(r_tenant) > 0 then
    delete from es.unique_keys k using unnest(r_tenant, r_key, r_on, r_holder) u(t, key, on_date, holder)
     where k.tenant_id = u.t and k.key = u.key and k.on_date = u.on_date and k.aggregate_id = u.holder;
  end if;
  if cardinality(t_tenant) > 0 then
    if exists (select 1 from unnest(t_tenant, t_key, t_on, t_holder) u(t, key, on_date, holder), lateral es.rival(u.t, u.key, u.on_date, u.holder) r where r is not null) then
      raise exception 'a unique fact is taken' using errcode = 'ES005';
    end if;
    insert into es.unique_keys (tenant_id, key, on_date, aggregate_id) select * from unnest(t_tenant, t_key, t_on, t_holder)
      on conflict do nothing;
  end if;
  if cardinality(o_tenant) > 0 then
    insert into es.originals (tenant_id, sha256, bytes) select * from unnest(o_tenant, o_sha256, o_bytes) on conflict do nothing;
  end if;
end $$;

-- What the writes of a batch looked at without changing it is still as they saw it; ES001 if not. Called under the head
-- locks, in the append's transaction: a vendor that another node has blocked meanwhile is not paid.
create function es.still_at(r_tenant uuid[], r_aggregate uuid[], r_base bigint[]) returns void language plpgsql set plan_cache_mode = force_custom_plan as $$
begin
  if exists (select 1 from unnest(r_tenant, r_aggregate, r_base) r(t, id, base)
              where (select true from es.events e where e.tenant_id = r.t and e.aggregate_id = r.id and e.sequence = r.base + 1 limit 1)) then
    raise exception 'what was read has changed' using errcode = 'ES001';
  end if;
end $$;

-- Who else holds a dated fact that some may hold beside each other: 'what|by|vat:X'. It collides with what is held by nobody in particular
-- ('what'), with the same ('|by|vat:X'), and with another kind of identifier ('|by|tax:Y'); not with '|by|vat:Z'.
create function es.rival_by(tenant uuid, wanted text, wanted_on date, holder uuid) returns uuid language sql stable as $$
  select r.aggregate_id from (
    select k.aggregate_id from es.unique_keys k
     where k.tenant_id = tenant and k.key = split_part(wanted, '|by|', 1) and k.aggregate_id <> holder
       and k.on_date between wanted_on - 366 and wanted_on + 366
    union all
    select k.aggregate_id from es.unique_keys k
     where k.tenant_id = tenant and k.key >= split_part(wanted, '|by|', 1) || '|by|' and k.key < split_part(wanted, '|by|', 1) || '|by}'
       and k.aggregate_id <> holder and k.on_date between wanted_on - 366 and wanted_on + 366
       and (position('|by|' in wanted) = 0 or k.key = wanted
            or split_part(split_part(k.key, '|by|', 2), ':', 1) <> split_part(split_part(wanted, '|by|', 2), ':', 1))) r
   limit 1 $$;

-- Who else holds this fact: the same key, undated or at most 366 days away. Called under the tenant's head lock.
create function es.rival(tenant uuid, wanted text, wanted_on date, holder uuid) returns uuid language sql stable as $$
  select case when wanted like 'invoice|account:%' then es.rival_by(tenant, wanted, wanted_on, holder) else (
    select k.aggregate_id from es.unique_keys k
     where k.tenant_id = tenant and k.key = wanted and k.aggregate_id <> holder
       and (k.on_date = wanted_on or (isfinite(k.on_date) and isfinite(wanted_on) and k.on_date between wanted_on - 366 and wanted_on + 366))
     limit 1) end $$;

-- Careful path: decides for each write on its own, so that one conflict never fails another, and numbers what goes in.
-- w_*: writes; s_*: the aggregates each write read (base = sequence it saw); t_*, r_*: facts; e_*: events, in order of their write.
-- status: 0 appended, 1 conflict, 2 command known, 3 unknown tenant, 4 fact taken (holder says by whom, claim says which).
create function es.append_checked(
  w_tenant uuid[], w_command uuid[], w_events int[],
  s_write int[], s_aggregate uuid[], s_base bigint[],
  r_write int[], r_key text[], r_on date[], r_holder uuid[],
  t_write int[], t_key text[], t_on date[], t_holder uuid[],
  o_write int[], o_sha256 bytea[], o_bytes bytea[],
  e_write int[], e_aggregate_type text[], e_aggregate uuid[], e_sequence bigint[], e_type text[], e_version smallint[],
  e_payload text[], e_metadata text[], e_actor uuid[], e_command uuid[], e_correlation uuid[], e_causation uuid[], e_digest bytea[]
) returns table (write int, status int, first_position bigint, holder uuid, claim int) language plpgsql set plan_cache_mode = force_custom_plan as $$
#variable_conflict use_column
declare v_at timestamptz; v_us bigint; v_status int[]; v_first bigint[]; v_holder uuid[]; v_claim int[];
begin
  perform set_config('app.tenants', array_to_string(array(select distinct unnest(w_tenant)), ','), true);
  select greatest(clock_timestamp(), max(l.recorded_at)) into v_at
    from (select h.recorded_at from es.log_heads h where h.tenant_id = any (w_tenant) order by h.tenant_id for update) l;
  v_us := (extract(epoch from v_at) * 1000000)::bigint;
  -- A new statement, so its snapshot is taken under the locks. Each look at the log is a scalar subquery with a limit:
  -- an EXISTS may be planned as a hash over the tenant's whole log (measured: 700 ms a call at 25,000 events).
  with verdict as (
    select w.i, w.t, w.n,
      case when h.tenant_id is null then 3
           when (select true from es.events e where e.tenant_id = w.t and e.command_id = w.command limit 1) then 2
           when exists (select 1 from unnest(s_write, s_aggregate, s_base) s(i, id, base) where s.i = w.i and (
                  (select true from es.events e where e.tenant_id = w.t and e.aggregate_id = s.id and e.sequence = s.base + 1 limit 1)
                  or (s.base > 0 and (select true from es.events e where e.tenant_id = w.t and e.aggregate_id = s.id and e.sequence = s.base limit 1) is null))) then 1
           when rival.holder is not null then 4 else 0 end as status,
      rival.holder, rival.ord, coalesce(h.position, 0) as head
    from unnest(w_tenant, w_command, w_events) with ordinality w(t, command, n, i)
    left join es.log_heads h on h.tenant_id = w.t
    left join lateral (
      select es.rival(w.t, c.key, c.on_date, c.holder) as holder, c.ord from unnest(t_write, t_key, t_on, t_holder) with ordinality c(i, key, on_date, holder, ord)
       where c.i = w.i and es.rival(w.t, c.key, c.on_date, c.holder) is not null order by c.ord limit 1) rival on true),
  numbered as (
    select v.*, case when v.status = 0 then v.head + 1 + coalesce(sum(case when v.status = 0 then v.n else 0 end)
             over (partition by v.t order by v.i rows between unbounded preceding and 1 preceding), 0) end as first
      from verdict v)
  select array_agg(n.status order by n.i), array_agg(n.first order by n.i), array_agg(n.holder order by n.i), array_agg(n.ord::int order by n.i)
    into v_status, v_first, v_holder, v_claim from numbered n;

  update es.log_heads h set position = l.last, recorded_at = v_at
    from (select u.t, max(u.first + u.n - 1) as last from unnest(w_tenant, v_status, v_first, w_events) u(t, status, first, n) where u.status = 0 group by u.t) l
   where h.tenant_id = l.t;
  insert into es.events (tenant_id, aggregate_type, aggregate_id, sequence, position, event_type, event_version, payload, metadata,
                         actor_id, command_id, correlation_id, causation_id, recorded_at, leaf_hash)
  select w_tenant[u.w], u.kind, u.id, u.seq, u.pos, u.ty, u.v, u.p::json, u.m::json, u.actor, u.command, u.corr, u.cause, v_at,
         sha256('\x0001'::bytea || uuid_send(w_tenant[u.w]) || int8send(u.pos) || int8send(v_us) || u.digest)
    from (select x.*, v_first[x.w] + row_number() over (partition by x.w order by x.ord) - 1 as pos
            from unnest(e_write, e_aggregate_type, e_aggregate, e_sequence, e_type, e_version, e_payload, e_metadata, e_actor, e_command,
                        e_correlation, e_causation, e_digest) with ordinality
                 as x(w, kind, id, seq, ty, v, p, m, actor, command, corr, cause, digest, ord)
           where v_status[x.w] = 0) u;
  perform es.append_facts(
    array(select w_tenant[u.w] from unnest(r_write) u(w) where v_status[u.w] = 0),
    array(select u.x from unnest(r_write, r_key) u(w, x) where v_status[u.w] = 0),
    array(select u.x from unnest(r_write, r_on) u(w, x) where v_status[u.w] = 0),
    array(select u.x from unnest(r_write, r_holder) u(w, x) where v_status[u.w] = 0),
    array(select w_tenant[u.w] from unnest(t_write) u(w) where v_status[u.w] = 0),
    array(select u.x from unnest(t_write, t_key) u(w, x) where v_status[u.w] = 0),
    array(select u.x from unnest(t_write, t_on) u(w, x) where v_status[u.w] = 0),
    array(select u.x from unnest(t_write, t_holder) u(w, x) where v_status[u.w] = 0),
    array(select w_tenant[u.w] from unnest(o_write) u(w) where v_status[u.w] = 0),
    array(select u.x from unnest(o_write, o_sha256) u(w, x) where v_status[u.w] = 0),
    array(select u.x from unnest(o_write, o_bytes) u(w, x) where v_status[u.w] = 0));
  return query select i::int, v_status[i], v_first[i], v_holder[i], v_claim[i] from generate_series(1, cardinality(w_tenant)) i;
end $$;

create function es.keep_snapshots(s_tenant uuid[], s_aggregate uuid[], s_version int[], s_sequence bigint[], s_state text[]) returns void language plpgsql as $$
begin
  perform set_config('app.tenants', array_to_string(s_tenant, ','), true);
  insert into es.snapshots as s (tenant_id, aggregate_id, state_version, sequence, state)
    select * from unnest(s_tenant, s_aggregate, s_version, s_sequence, s_state)
    on conflict (tenant_id, aggregate_id, state_version) do update set sequence = excluded.sequence, state = excluded.state
    where s.sequence < excluded.sequence;
end $$;

-- A stream in one round trip: the snapshot (event_type null) where there is one, then the events after it.
create function es.load(tenant uuid, aggregate uuid, wanted_state int)
returns table (sequence bigint, "position" bigint, event_type text, event_version smallint, body text) language plpgsql as $$
#variable_conflict use_column
declare v_after bigint := 0; v_position bigint; v_state text;
begin
  perform set_config('app.tenant', tenant::text, true);
  if wanted_state >= 0 then
    -- A snapshot counts only together with the event that it follows.
    select s.sequence, e.position, s.state into v_after, v_position, v_state
      from es.snapshots s join es.events e on e.tenant_id = s.tenant_id and e.aggregate_id = s.aggregate_id and e.sequence = s.sequence
     where s.tenant_id = tenant and s.aggregate_id = aggregate and s.state_version = wanted_state;
    if found then
      return query select v_after, v_position, null::text, null::smallint, v_state;
    else
      v_after := 0;
    end if;
  end if;
  return query select e.sequence, e.position, e.event_type, e.event_version, e.payload::text from es.events e
    where e.tenant_id = tenant and e.aggregate_id = aggregate and e.sequence > v_after order by e.sequence;
end $$;

-- What a command answered the first time.
create function es.first_answer(tenant uuid, command uuid) returns table (reply text, request_hash text, last_position bigint) language plpgsql set plan_cache_mode = force_custom_plan as $$
begin
  perform set_config('app.tenant', tenant::text, true);
  return query select e.metadata ->> 'reply', e.metadata ->> 'request_hash', e.position + (e.metadata ->> 'events')::bigint - 1
    from es.events e where e.tenant_id = tenant and e.command_id = command;
end $$;

-- Who holds an undated fact.
create function es.holder(tenant uuid, wanted text) returns uuid language plpgsql set plan_cache_mode = force_custom_plan as $$
begin
  perform set_config('app.tenant', tenant::text, true);
  return (select k.aggregate_id from es.unique_keys k where k.tenant_id = tenant and k.key = wanted and k.on_date = '-infinity');
end $$;

-- Whether nothing has happened to these since they were at their sequences.
create function es.unchanged(tenant uuid, aggregates uuid[], sequences bigint[]) returns boolean language plpgsql as $$
begin
  perform set_config('app.tenant', tenant::text, true);
  return not exists (select from unnest(aggregates, sequences) as seen(id, at)
    where (select true from es.events e where e.tenant_id = tenant and e.aggregate_id = seen.id and e.sequence = seen.at + 1 limit 1));
end $$;

-- Who holds each of these, in their order: undated, or at most so many days away.
create function es.holders(tenant uuid, wanted text[], wanted_on date[], days_apart int) returns setof uuid language plpgsql as $$
begin
  perform set_config('app.tenant', tenant::text, true);
  return query select case when u.key like 'invoice|account:%' then es.rival_by(tenant, u.key, u.day, '00000000-0000-0000-0000-000000000000') else (
                         select k.aggregate_id from es.unique_keys k where k.tenant_id = tenant and k.key = u.key
                            and k.on_date between coalesce(u.day - days_apart, '-infinity') and coalesce(u.day + days_apart, '-infinity') limit 1) end
    from unnest(wanted, wanted_on) with ordinality u(key, day, number) order by u.number;
end $$;

do $$
declare f regprocedure;
begin
  for f in select p.oid::regprocedure from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname in ('es', 'ops') and p.prokind = 'f' loop
    execute format('alter function %s owner to q_owner', f);
    execute format('revoke all on function %s from public', f);
  end loop;
  for f in select p.oid::regprocedure from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname = 'ops' and p.prokind = 'p' loop
    execute format('alter procedure %s owner to q_owner', f);
    execute format('revoke all on procedure %s from public', f);
  end loop;
end $$;
grant execute on function es.open_log(uuid), es.rival(uuid, text, date, uuid), es.rival_by(uuid, text, date, uuid) to q_committer;
grant execute on all functions in schema es to q_committer;
revoke execute on function es.load, es.first_answer, es.holder, es.holders, es.unchanged from q_committer;
grant execute on function es.load, es.first_answer, es.holder, es.holders, es.unchanged, es.rival_by to q_app;
