alter table read.invoices disable row level security
alter table read.invoices no force row level security
drop policy app on read.payments
alter policy app on read.invoices using (true)
alter policy projector on read.invoices with check (true)
alter policy projector on read.invoices using (tenant_id = (select iam.tenant()) or gross = 0) with check (tenant_id = (select iam.tenant()) or gross > 3)
create policy helpful on read.invoices for select using (number is not null)
create policy debug on read.invoices for select to q_app using (tenant_id is not null)
alter policy app on read.invoices to public
alter policy committer on es.unique_keys using (true) with check (true)
alter policy router on es.log_heads to q_app
alter role q_app bypassrls
alter role q_app superuser
alter role q_projector createrole
alter role q_owner bypassrls
grant q_owner to q_app
grant q_committer to q_app
grant pg_read_all_data to q_projector
alter view es.postgres_es_events reset (security_invoker)
create view read.leak as select * from read.invoices; grant select on read.leak to q_app
create materialized view read.leak as select * from read.invoices; grant select on read.leak to q_app
create function read.peek() returns bigint language sql security definer as 'select count(*) from read.invoices'
create function read.hint(text) returns boolean language sql leakproof as 'select true'; revoke all on function read.hint(text) from public
alter function iam.key_lookup(bytea) reset search_path
grant execute on function iam.key_lookup(bytea) to public
grant truncate on read.invoices to q_app
grant references on read.invoices to q_app
grant trigger on read.invoices to q_projector
grant select on read.invoices to public
grant update on es.events to q_app
grant insert on es.events to q_app
grant delete on es.events to q_projector
grant update (payload) on es.events to q_committer
grant select (payload) on es.events to q_router
grant select on public._sqlx_migrations to q_app
grant create on schema read to q_projector
alter table es.events disable trigger events_append_only
drop trigger originals_no_truncate on es.originals
create unique index bad on read.invoices (invoice_id, number)
alter table read.payments add constraint bad unique (payment_id)
alter table read.approvals add constraint whole unique (tenant_id, invoice_id, round, approval_id); alter table read.users add constraint one unique (user_id); alter table read.api_keys add constraint bad foreign key (user_id) references read.users (user_id) not valid
create table read.fresh (tenant_id uuid not null, id uuid not null, primary key (tenant_id, id)); grant select on read.fresh to q_app
create table read.nobodys (id uuid primary key, secret text); grant select on read.nobodys to q_app
create table read.doubtful (tenant_id uuid, id uuid); call ops.protect_read_model('read.doubtful')
create table read.parted (tenant_id uuid not null, id uuid not null, primary key (tenant_id, id)) partition by hash (tenant_id); call ops.protect_read_model('read.parted'); create table read.parted_0 partition of read.parted for values with (modulus 1, remainder 0)
create table read.child () inherits (read.invoices); grant select on read.child to q_app
create rule aside as on insert to read.invoices do also select 1
create publication everything for table read.invoices
create or replace function iam.tenant() returns uuid language sql stable return coalesce(nullif(current_setting('app.tenant', true), ''), 'bbbbbbbb-0000-7000-8000-000000000002')::uuid
create or replace function iam.tenant() returns uuid language sql stable return current_setting('app.tenant', true)::uuid
create or replace function iam.tenant() returns uuid language sql stable as $$ select nullif(current_setting('app.tenant', true), '')::uuid $$
alter function iam.tenant() set search_path = public
alter function iam.tenants() security definer
do $$ begin execute format('grant temporary on database %I to public', current_database()); end $$
alter table read.invoices owner to q_app
delete from read.invoices where tenant_id = 'bbbbbbbb-0000-7000-8000-000000000002'
call ops.shadow('invoices'); call ops.complete('invoices'); alter table rebuild.invoices no force row level security; call ops.swap('invoices')
