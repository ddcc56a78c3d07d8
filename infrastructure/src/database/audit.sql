-- Tenant isolation, judged from the catalogue alone: one row a finding, none is a pass. Reads only.
-- What is approved stands at the top, each line with its reason; everything else is a finding. Review a change here as
-- you would review a change of the locks.
with
approved_policy (role_name, objects, expression) as (values
  -- One tenant a transaction.
  ('q_app',       '^(es|read|rebuild|ops)\.', '(tenant_id = ( SELECT iam.tenant() AS tenant))'),
  ('q_projector', '^(es|read|rebuild|ops)\.', '(tenant_id = ( SELECT iam.tenant() AS tenant))'),
  -- Group commit appends for the tenants of a batch.
  ('q_committer', '^es\.', '(tenant_id = ANY (( SELECT iam.tenants() AS tenants)::uuid[]))'),
  -- Finding work: positions of all tenants, no payload (its column grants are below).
  ('q_router',    '^(es\.log_heads|ops\.checkpoints|ops\.dead_letters)$', '(tenant_id IS NOT NULL)'),
  -- What is due is found before its tenant is known: the time alone (its column grants are below).
  ('q_router',    '^(read|rebuild)\.(approvals|payments|transfers|recurring_invoices|discount_windows)$', '(tenant_id IS NOT NULL)'),
  -- A key is looked up before its tenant is known, by iam.key_lookup alone.
  ('q_iam',       '^es\.unique_keys$', '(key ~~ ''api-key|%''::text)')),
approved_function (name, body) as (values
  ('iam.tenant()',  'RETURN (NULLIF(current_setting(''app.tenant''::text, true), ''''::text))::uuid'),
  ('iam.tenants()', 'RETURN (string_to_array(NULLIF(current_setting(''app.tenants''::text, true), ''''::text), '',''::text))::uuid[]')),
approved_definer (name) as (values
  ('iam.key_lookup(bytea)')),  -- login: exact match of a 256-bit hash, the minimum of columns
approved_grant (role_name, objects, privileges) as (values
  ('q_app',       '^(es|read|rebuild|ops)\.',                    '{SELECT}'::text[]),
  ('q_projector', '^es\.(events|log_heads)$',                    '{SELECT}'),
  ('q_projector', '^(read|rebuild|ops)\.',                       '{SELECT,INSERT,UPDATE,DELETE}'),
  ('q_committer', '^es\.(events|originals)$',                    '{SELECT,INSERT}'),
  ('q_committer', '^es\.(log_heads|snapshots)$',                 '{SELECT,INSERT,UPDATE}'),
  ('q_committer', '^es\.unique_keys$',                           '{SELECT,INSERT,DELETE}'),
  ('q_iam',       '^es\.unique_keys$',                           '{SELECT}')),
approved_column (role_name, object, columns) as (values
  ('q_router', 'es.log_heads',     '{tenant_id,position}'::text[]),
  ('q_router', 'ops.checkpoints',  '{tenant_id,projector,position}'),
  ('q_router', 'read.approvals',    '{tenant_id,due_at}'),
  ('q_router', 'rebuild.approvals', '{tenant_id,due_at}'),
  ('q_router', 'read.discount_windows',    '{tenant_id,due_at}'),
  ('q_router', 'rebuild.discount_windows', '{tenant_id,due_at}'),
  ('q_router', 'read.payments',    '{tenant_id,due_at}'),
  ('q_router', 'rebuild.payments', '{tenant_id,due_at}'),
  ('q_router', 'read.transfers',    '{tenant_id,due_at}'),
  ('q_router', 'rebuild.transfers', '{tenant_id,due_at}'),
  ('q_router', 'read.recurring_invoices',    '{tenant_id,due_at}'),
  ('q_router', 'rebuild.recurring_invoices', '{tenant_id,due_at}'),
  ('q_router', 'ops.dead_letters', '{tenant_id,projector,position,last_at}')),
without_tenant (object) as (values
  ('public._sqlx_migrations')),  -- which migrations ran; no runtime role may read it
runtime as (select oid, rolname from pg_roles where rolname in ('q_app', 'q_committer', 'q_projector', 'q_router')),
space as (select oid, nspname, nspacl, nspowner from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema'),
relation as (
  select c.oid, n.nspname || '.' || c.relname as object, c.relkind, c.relrowsecurity, c.relforcerowsecurity, c.relowner, c.reloptions,
         coalesce(c.relacl, acldefault(case c.relkind when 'S' then 's'::"char" else 'r' end, c.relowner)) as acl,
         (select a.attnum from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped) as tenant_column
    from pg_class c join space n on n.oid = c.relnamespace
   where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
     and not exists (select 1 from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')),
held as (select * from relation where relkind in ('r', 'p')),
policy as (
  select r.object, r.object || '.' || p.polname as name, coalesce(g.rolname, 'public') as role_name, p.polpermissive, p.polcmd, clause.expression
    from pg_policy p join relation r on r.oid = p.polrelid cross join unnest(p.polroles) as target left join pg_roles g on g.oid = target,
         lateral (values (pg_get_expr(p.polqual, p.polrelid)), (pg_get_expr(p.polwithcheck, p.polrelid))) clause (expression)
   where clause.expression is not null),
routine as (
  select p.oid::regprocedure::text as name, p.*, r.rolname as owner, r.rolsuper as owner_is_superuser,
         exists (select 1 from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a where a.grantee = 0) as for_public
    from pg_proc p join space n on n.oid = p.pronamespace join pg_roles r on r.oid = p.proowner
   where not exists (select 1 from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e'))

-- 1. Every table, partition and child has row-level security, also against its owner.
select 'R1 row security' as rule, object, format('enabled %s, forced %s', relrowsecurity, relforcerowsecurity) as detail
  from held where not (relrowsecurity and relforcerowsecurity) and object not in (select object from without_tenant)
union all
select 'R1 foreign table', object, 'row security does not exist for it' from relation where relkind = 'f'

-- 2. A policy is for one role, in approved words: a hole that depends on data cannot be found by probing.
union all
select 'R2 policy missing', object, 'no policy' from held
 where relrowsecurity and not exists (select 1 from pg_policy p where p.polrelid = held.oid)
union all
select 'R2 policy', name, format('%s: %s', role_name, expression) from policy
 where polpermissive and not exists (select 1 from approved_policy a
        where a.role_name = policy.role_name and policy.object ~ a.objects and a.expression = regexp_replace(policy.expression, '\s+', ' ', 'g'))
union all
select 'R2 check missing', r.object || '.' || p.polname, 'an insert policy without a check' from pg_policy p join relation r on r.oid = p.polrelid
 where p.polcmd = 'a' and p.polwithcheck is null
union all
select 'R2 function', a.name, 'is not as approved' from approved_function a
 where not exists (select 1 from routine f where f.name = a.name and f.owner = 'q_iam' and not f.prosecdef and f.proconfig is null
        and btrim(regexp_replace(pg_get_function_sqlbody(f.oid), '\s+', ' ', 'g')) = a.body)

-- 3. Tenant data says whose it is.
union all
select 'R3 tenant', object, 'no tenant_id' from held where tenant_column is null and object not in (select object from without_tenant)
union all
select 'R3 tenant', object, 'tenant_id may be null' from held join pg_attribute a on a.attrelid = held.oid and a.attnum = held.tenant_column where not a.attnotnull

-- 4. Views see what their reader may see.
union all
select 'R4 view', object, 'security_invoker is not on' from relation
 where relkind = 'v' and not coalesce(reloptions && '{security_invoker=true,security_invoker=on,security_invoker=1}'::text[], false)
union all
select 'R4 materialized view', object, 'row security does not exist for it' from relation where relkind = 'm'
union all
select 'R4 rule', r.object || '.' || w.rulename, 'a rewrite rule runs with its owner''s rights' from pg_rewrite w join relation r on r.oid = w.ev_class
 where w.rulename <> '_RETURN'

-- 5. Code that runs with other rights than its caller's is on the list and nailed down.
union all
select 'R5 definer', name, concat_ws('; ', case when name not in (select name from approved_definer) then 'not approved' end,
         case when not coalesce(proconfig @> '{"search_path=\"\""}', false) then 'search_path is not empty' end,
         case when owner_is_superuser then 'its owner is a superuser' end)
  from routine where prosecdef
   and (name not in (select name from approved_definer) or not coalesce(proconfig @> '{"search_path=\"\""}', false) or owner_is_superuser)
union all
select 'R5 public function', name, 'everybody may run it' from routine where for_public
union all
select 'R5 leakproof', name, 'a function of ours claims to be leakproof' from routine where proleakproof

-- 6. Runtime roles can neither pass row security nor become somebody who can.
union all
select 'R6 role', wanted, 'does not exist' from unnest(array['q_app', 'q_committer', 'q_projector', 'q_router']) wanted
 where wanted not in (select rolname from runtime)
union all
select 'R6 attribute', rolname, concat_ws(', ', case when rolsuper then 'superuser' end, case when rolbypassrls then 'bypassrls' end,
         case when rolcreaterole then 'createrole' end, case when rolcreatedb then 'createdb' end, case when rolreplication then 'replication' end)
  from pg_roles where (oid in (select oid from runtime) or rolname in ('q_owner', 'q_iam'))
   and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication)
union all
select 'R6 member', r.rolname, 'may become ' || g.rolname from runtime r, pg_roles g where g.oid <> r.oid and not (select rolsuper from pg_roles x where x.oid = r.oid)
   and pg_has_role(r.oid, g.oid, 'MEMBER')
union all
select 'R6 owner', r.rolname, 'owns ' || o.object from runtime r join relation o on o.relowner = r.oid
union all
select 'R6 owner', r.rolname, 'owns ' || f.name from runtime r join routine f on f.proowner = r.oid

-- 7. Nobody has a right that is not on the list.
union all
select 'R7 grant', r.object, format('%s may %s', coalesce(g.rolname, 'everybody'), string_agg(a.privilege_type, ', ' order by a.privilege_type))
  from relation r, aclexplode(r.acl) a left join pg_roles g on g.oid = a.grantee
 where a.grantee <> r.relowner and not exists (select 1 from approved_grant w
        where w.role_name = g.rolname and r.object ~ w.objects and a.privilege_type = any (w.privileges) and r.relkind <> 'S' and not a.is_grantable)
 group by r.object, g.rolname
union all
select 'R7 column', r.object || '.' || c.attname, format('%s may %s', coalesce(g.rolname, 'everybody'), a.privilege_type)
  from relation r join pg_attribute c on c.attrelid = r.oid, aclexplode(c.attacl) a left join pg_roles g on g.oid = a.grantee
 where a.grantee <> r.relowner and not exists (select 1 from approved_column w
        where w.role_name = g.rolname and r.object = w.object and c.attname = any (w.columns) and a.privilege_type = 'SELECT' and not a.is_grantable)
union all
select 'R7 schema', n.nspname, format('%s may create in it', coalesce(g.rolname, 'everybody'))
  from space n, aclexplode(n.nspacl) a left join pg_roles g on g.oid = a.grantee
 where a.privilege_type = 'CREATE' and (a.grantee = 0 or a.grantee in (select oid from runtime))
union all
select 'R7 append-only', r.object, 'no trigger refuses changes' from relation r
 where r.object in ('es.events', 'es.originals')
   and 2 <> (select count(*) from pg_trigger t where t.tgrelid = r.oid and t.tgfoid = to_regproc('es.refuse_change')::oid and t.tgenabled in ('O', 'A'))

-- 8. No key tells one tenant what another has.
union all
select 'R8 unique', i.indexrelid::regclass::text, 'does not begin with tenant_id' from held join pg_index i on i.indrelid = held.oid
 where held.tenant_column is not null and (i.indisunique or i.indisexclusion) and i.indkey[0] <> held.tenant_column
union all
select 'R8 foreign key', c.object || '.' || k.conname, 'does not carry tenant_id' from pg_constraint k join held c on c.oid = k.conrelid join held p on p.oid = k.confrelid
 where k.contype = 'f' and not exists (select 1 from unnest(k.conkey, k.confkey) pair (child, parent) where pair.child = c.tenant_column and pair.parent = p.tenant_column)

-- 9. No way around: by connecting, copying or another server. What was known at a moment is projected into tables of the transaction
-- that asks (ops.recall), which nobody else sees.
union all
select 'R9 database', d.datname, format('%s may %s', coalesce(g.rolname, 'everybody'), a.privilege_type)
  from pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a left join pg_roles g on g.oid = a.grantee
 where d.datname = current_database() and (a.grantee = 0 or (a.grantee in (select oid from runtime) and a.privilege_type <> 'CONNECT'))
   and not (g.rolname is not distinct from 'q_projector' and a.privilege_type = 'TEMPORARY')
union all
select 'R9 publication', pubname, 'logical replication passes row security' from pg_publication
union all
select 'R9 extension', extname, 'reaches other databases or files' from pg_extension
 where extname in ('dblink', 'postgres_fdw', 'file_fdw', 'plpython3u', 'plperlu', 'adminpack')
order by 1, 2, 3
