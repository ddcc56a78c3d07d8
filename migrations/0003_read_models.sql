-- Read models: derived from es.events, never the truth, rebuilt beside themselves and swapped.
-- Every key begins with tenant_id; ids are unique within the tenant only. `state` is the aggregate as the domain folds it.

create table read.users (
  tenant_id uuid not null,
  user_id   uuid not null,
  version   bigint not null,
  position  bigint not null,
  email     text not null,
  name      text not null,
  roles     jsonb not null,
  active    boolean not null,
  added_at  timestamptz not null,
  manager_id     uuid,
  approval_limit jsonb,
  primary key (tenant_id, user_id)
);
create index on read.users (tenant_id, email, user_id);

create table read.api_keys (
  tenant_id  uuid not null,
  key_id     uuid not null,
  user_id    uuid not null,
  prefix     text not null,
  hash       bytea not null,
  expires_at timestamptz,
  revoked    boolean not null,
  issued_at  timestamptz not null,
  primary key (tenant_id, key_id)
);
-- Login looks for a key before it knows the tenant. Not unique: no unique fact spans tenants; a key's 256 bits make it so.
create index on read.api_keys (tenant_id, user_id);

create table read.company (
  tenant_id     uuid not null,
  company_id    uuid not null,
  version       bigint not null,
  position      bigint not null,
  name          text not null,
  base_currency text not null,
  created_at    timestamptz not null,
  state         jsonb not null,
  primary key (tenant_id, company_id)
);

create table read.company_accounts (
  tenant_id       uuid not null,
  bank_account_id uuid not null,
  name            text not null,
  currency        text not null,
  account         jsonb not null,
  added_by        uuid not null,
  added_at        timestamptz not null,
  primary key (tenant_id, bank_account_id)
);

create table read.approval_policy (
  tenant_id  uuid not null,
  policy_id  uuid not null,
  version    bigint not null,
  position   bigint not null,
  adopted_by uuid not null,
  adopted_at timestamptz not null,
  state      jsonb not null,
  primary key (tenant_id, policy_id)
);

create table read.delegations (
  tenant_id      uuid not null,
  delegation_id  uuid not null,
  position       bigint not null,
  delegator_id   uuid not null,
  delegate_id    uuid not null,
  starts_at      timestamptz not null,
  ends_at        timestamptz not null,
  scope          jsonb not null,
  granted_by     uuid not null,
  granted_at     timestamptz not null,
  revoked_by     uuid,
  revoked_at     timestamptz,
  primary key (tenant_id, delegation_id)
);
create index on read.delegations (tenant_id, starts_at, delegation_id);

-- Files that belong to documents and parties; their bytes lie outside of the database.
create table read.attachments (
  tenant_id     uuid not null,
  attachment_id uuid not null,
  version       bigint not null,
  position      bigint not null,
  subject_kind  text not null,
  subject_id    uuid not null,
  file_name     text not null,
  media_type    text not null,
  size_bytes    bigint not null,
  sha256        text not null,
  added_by      uuid not null,
  added_at      timestamptz not null,
  detached_by   uuid,
  detached_at   timestamptz,
  detached_for  text,
  primary key (tenant_id, attachment_id)
);
create index on read.attachments (tenant_id, added_at, attachment_id);
create index on read.attachments (tenant_id, subject_id, added_at, attachment_id);

-- What people say about documents and parties, whom they call, and what is said with vendors.
create table read.comments (
  tenant_id    uuid not null,
  comment_id   uuid not null,
  version      bigint not null,
  position     bigint not null,
  subject_kind text not null,
  subject_id   uuid not null,
  text         text not null,
  mentions     jsonb not null,
  read_by      jsonb not null,
  written_by   uuid not null,
  written_at   timestamptz not null,
  primary key (tenant_id, comment_id)
);
create index on read.comments (tenant_id, written_at, comment_id);
create index on read.comments (tenant_id, subject_id, written_at, comment_id);

create table read.mentions (
  tenant_id    uuid not null,
  mention_id   uuid not null,      -- follows from the comment and the person
  position     bigint not null,
  user_id      uuid not null,
  comment_id   uuid not null,
  subject_kind text not null,
  subject_id   uuid not null,
  text         text not null,
  written_by   uuid not null,
  written_at   timestamptz not null,
  read_at      timestamptz,
  primary key (tenant_id, mention_id)
);
create index on read.mentions (tenant_id, user_id, written_at, mention_id);
create index on read.mentions (tenant_id, user_id) where read_at is null;

create table read.messages (
  tenant_id    uuid not null,
  message_id   uuid not null,
  version      bigint not null,
  position     bigint not null,
  vendor_id    uuid not null,
  subject_kind text,
  subject_id   uuid,
  direction    text not null,
  author       jsonb not null,
  text         text not null,
  recorded_by  uuid not null,
  written_at   timestamptz not null,
  read_by      jsonb,
  read_at      timestamptz,
  primary key (tenant_id, message_id)
);
create index on read.messages (tenant_id, written_at, message_id);
create index on read.messages (tenant_id, vendor_id, written_at, message_id);
create index on read.messages (tenant_id, subject_id, written_at, message_id);
create index on read.messages (tenant_id, direction, vendor_id) where read_at is null;

-- What was arranged to recur; the clock looks for what is due.
create table read.recurring_invoices (
  tenant_id            uuid not null,
  recurring_invoice_id uuid not null,
  version              bigint not null,
  position             bigint not null,
  vendor_id            uuid not null,
  standing             text not null,
  due_at               timestamptz,
  last_invoice_id      uuid,
  reason               text,
  arranged_by          uuid not null,
  arranged_at          timestamptz not null,
  state                jsonb not null,
  primary key (tenant_id, recurring_invoice_id)
);
create index on read.recurring_invoices (tenant_id, arranged_at, recurring_invoice_id);
create index on read.recurring_invoices (due_at) where due_at is not null;

create table read.charts (
  tenant_id uuid not null,
  chart_id  uuid not null,
  version   bigint not null,
  position  bigint not null,
  state     jsonb not null,
  primary key (tenant_id, chart_id)
);

create table read.fiscal_calendars (
  tenant_id   uuid not null,
  calendar_id uuid not null,
  version     bigint not null,
  position    bigint not null,
  state       jsonb not null,
  primary key (tenant_id, calendar_id)
);

create table read.vendors (
  tenant_id     uuid not null,
  vendor_id     uuid not null,
  version       bigint not null,
  position      bigint not null,
  name          text not null,
  number        text,
  party_group   text,
  customer      boolean not null,
  country       text,
  currency      text,
  verified      boolean not null,
  blocked       text,
  identity_keys jsonb not null,
  registered_at timestamptz not null,
  state         jsonb not null,
  withholding_tax text,            -- by this code its payments keep tax back
  primary key (tenant_id, vendor_id)
);
create index on read.vendors (tenant_id, name, vendor_id);
create index on read.vendors (tenant_id, vendor_id) where withholding_tax is not null;

create index on read.vendors (tenant_id, number, vendor_id);

create table read.customers (
  tenant_id     uuid not null,
  customer_id   uuid not null,
  version       bigint not null,
  position      bigint not null,
  name          text not null,
  other_names   jsonb not null,
  number        text,
  party_group   text,
  country       text,
  currency      text,
  status        text not null,
  merged_into   uuid,
  identity_keys jsonb not null,
  registered_at timestamptz not null,
  state         jsonb not null,
  primary key (tenant_id, customer_id)
);
create index on read.customers (tenant_id, name, customer_id);
create index on read.customers (tenant_id, number, customer_id);

create table read.payment_terms (
  tenant_id        uuid not null,
  payment_terms_id uuid not null,
  version          bigint not null,
  position         bigint not null,
  code             text not null,
  rule             jsonb not null,
  primary key (tenant_id, payment_terms_id)
);
create index on read.payment_terms (tenant_id, code, payment_terms_id);

create table read.withholding_taxes (
  tenant_id          uuid not null,
  withholding_tax_id uuid not null,
  version            bigint not null,
  position           bigint not null,
  code               text not null,
  rule               jsonb not null,
  primary key (tenant_id, withholding_tax_id)
);
create index on read.withholding_taxes (tenant_id, code, withholding_tax_id);

create table read.import_mappings (
  tenant_id         uuid not null,
  import_mapping_id uuid not null,
  version           bigint not null,
  position          bigint not null,
  name              text not null,
  mapping           jsonb not null,
  saved_by          uuid not null,
  saved_at          timestamptz not null,
  primary key (tenant_id, import_mapping_id)
);
create index on read.import_mappings (tenant_id, name, import_mapping_id);

create table read.items (
  tenant_id     uuid not null,
  item_id       uuid not null,
  version       bigint not null,
  position      bigint not null,
  sku           text not null,
  name          text not null,
  unit          text not null,
  conversions   jsonb not null,    -- other units, and how many of its own each is
  reorder_level numeric,
  valuation     text,
  unit_weight   numeric,
  coding        jsonb,             -- what lines that name it are coded to
  item_group    text,
  unit_volume   numeric,
  list_price    jsonb,             -- what an order's line costs that states no price
  primary key (tenant_id, item_id)
);
create index on read.items (tenant_id, sku, item_id);

create table read.locations (
  tenant_id      uuid not null,
  location_id    uuid not null,
  position       bigint not null,
  code           text not null,
  name           text not null,
  address        jsonb,
  closed_by      uuid,
  closed_at      timestamptz,      -- null while it is open
  closed_because text,
  primary key (tenant_id, location_id)
);
create index on read.locations (tenant_id, code, location_id);

create table read.purchase_orders (
  tenant_id         uuid not null,
  purchase_order_id uuid not null,
  version           bigint not null,
  position          bigint not null,
  status            text not null,
  number            text not null,
  vendor_id         uuid not null,
  currency          text not null,
  net               numeric not null,
  placed_by         uuid not null,
  placed_at         timestamptz not null,
  state             jsonb not null,
  primary key (tenant_id, purchase_order_id)
);
create index on read.purchase_orders (tenant_id, placed_at, purchase_order_id);
create index on read.purchase_orders (tenant_id, vendor_id, placed_at);
create index on read.purchase_orders (tenant_id, number, purchase_order_id);

-- The documents that orders were made from; their bytes lie in es.originals.
create table read.order_documents (
  tenant_id         uuid not null,
  order_document_id uuid not null,
  version           bigint not null,
  position          bigint not null,
  purchase_order_id uuid not null,
  sha256            text not null,
  kept_at           timestamptz not null,
  stated            jsonb not null,
  primary key (tenant_id, order_document_id)
);
create index on read.order_documents (tenant_id, purchase_order_id);

create table read.despatch_advices (
  tenant_id          uuid not null,
  despatch_advice_id uuid not null,
  version            bigint not null,
  position           bigint not null,
  status             text not null,
  number             text not null,
  purchase_order_id  uuid not null,
  vendor_id          uuid not null,
  expected_date      date,
  goods_receipt_id   uuid,
  announced_at       timestamptz not null,
  announcement       jsonb not null,
  primary key (tenant_id, despatch_advice_id)
);
create index on read.despatch_advices (tenant_id, announced_at, despatch_advice_id);
create index on read.despatch_advices (tenant_id, purchase_order_id);

-- Files of invoices; what was set aside of them stands in the log.
create table read.invoice_imports (
  tenant_id         uuid not null,
  invoice_import_id uuid not null,
  version           bigint not null,
  position          bigint not null,
  status            text not null,
  sheet             jsonb not null,
  documents_done    int not null,
  taken             int not null,
  set_aside         int not null,
  amounts           jsonb not null,
  begun_at          timestamptz not null,
  ended_at          timestamptz,
  reason            text,
  primary key (tenant_id, invoice_import_id)
);
create index on read.invoice_imports (tenant_id, begun_at, invoice_import_id);

create table read.goods_receipts (
  tenant_id         uuid not null,
  goods_receipt_id  uuid not null,
  version           bigint not null,
  position          bigint not null,
  purchase_order_id uuid not null,
  location          text not null,
  effective_date    date not null,
  delivery_note     text,
  received_by       uuid not null,
  recorded_at       timestamptz not null,
  lines             jsonb not null,
  inspected         jsonb not null,
  returned          jsonb not null,
  primary key (tenant_id, goods_receipt_id)
);
create index on read.goods_receipts (tenant_id, recorded_at, goods_receipt_id);
create index on read.goods_receipts (tenant_id, purchase_order_id);

-- The document itself stays in the event that brought it: `document_version` says which one.
create table read.invoices (
  tenant_id        uuid not null,
  invoice_id       uuid not null,
  version          bigint not null,
  position         bigint not null,
  document_version bigint not null,
  status           text not null,
  stage            text not null,    -- of approval, whatever is paid or disputed
  kind             text not null,
  prepayment       boolean not null, -- asked for before anything is delivered
  number           text not null,
  vendor_id        uuid not null,
  vendor_name      text not null,
  currency         text not null,
  gross            numeric not null,
  payable          numeric not null,
  settled          numeric not null,
  claimed          numeric not null,
  open             numeric not null,
  refundable       numeric not null, -- what the vendor can pay back of it
  refund_recorded  boolean not null, -- by a person: a line of a statement tells of it later
  disputed         numeric not null, -- of what is open
  issue_date       date not null,
  due_date         date not null,
  effective_date   date not null,
  received_at      timestamptz not null,
  entered_by       uuid not null,
  first_amended_at      timestamptz,
  first_in_exception_at timestamptz,
  first_turned_down_at  timestamptz, -- rejected or voided
  round            int not null,
  approval_id      uuid,
  reason           text,
  purchase_order   text,
  pay_to           uuid,
  paid_otherwise   boolean not null, -- by the document: the vendor takes the money, or has it
  source           jsonb not null,
  original_sha256  text,
  claims           jsonb not null,
  terms            jsonb not null,
  discounts        jsonb not null,   -- claimed or taken
  discounts_missed jsonb not null,   -- their last days
  allocations      jsonb not null,   -- what credit notes, invoices and write-offs have settled
  applications     jsonb not null,   -- of a prepayment, to the invoices that have it
  exceptions       jsonb not null,
  coding_version   bigint not null,  -- the event that says what the lines are coded to
  match_version    bigint not null,  -- the event that says what matching found last
  purchase_order_id uuid,
  buyer            uuid,
  failed           jsonb not null,
  releases         jsonb not null,
  holds            jsonb not null,   -- failed and not let be
  placed_holds     jsonb not null,   -- by people
  dispute          jsonb not null,
  lookalikes       jsonb not null,
  namesake_of      uuid,             -- by somebody's word
  without_vat      numeric not null, -- of the document: the share of each payment that tax is kept back of
  with_vat         numeric not null,
  withholdings     jsonb not null,   -- what payments keep back, or have kept back
  primary key (tenant_id, invoice_id)
);
create index on read.invoices (tenant_id, purchase_order_id) where purchase_order_id is not null;
-- What vendors owe is little among what they are owed.
create index on read.invoices (tenant_id, currency, refundable) where refundable > 0;
create index on read.invoices (tenant_id, invoice_id) where refund_recorded;
-- What falls due in several parts is few among many.
create index on read.invoices (tenant_id, invoice_id) where open <> 0 and terms #> '{instalments,1}' is not null;
create index on read.invoices (tenant_id, due_date, invoice_id);
create index on read.invoices (tenant_id, received_at, invoice_id);
create index on read.invoices (tenant_id, number, invoice_id);
create index on read.invoices (tenant_id, status, due_date, invoice_id);
create index on read.invoices (tenant_id, vendor_id, due_date, invoice_id);
create index on read.invoices (tenant_id, pay_to, due_date, invoice_id);

-- When the next discount of an invoice ends that nobody has taken; the clock looks for what is due.
create table read.discount_windows (
  tenant_id  uuid not null,
  invoice_id uuid not null,
  due_at     timestamptz,
  primary key (tenant_id, invoice_id)
);
create index on read.discount_windows (due_at) where due_at is not null;
create index on read.discount_windows (tenant_id, due_at) where due_at is not null;

create table read.missed_discounts (
  tenant_id   uuid not null,
  position    bigint not null,
  invoice_id  uuid not null,
  vendor_id   uuid not null,
  last_day    date not null,
  amount      numeric not null,
  currency    text not null,
  cause       text not null,
  recorded_at timestamptz not null,
  -- A payment was recorded that had taken it in time.
  withdrawn_at timestamptz,
  primary key (tenant_id, position)
);
create index on read.missed_discounts (tenant_id, last_day, position);
create index on read.missed_discounts (tenant_id, invoice_id);

-- What needs a person, open or done.
create table read.exceptions (
  tenant_id      uuid not null,
  exception_id   uuid not null,
  invoice_id     uuid not null,
  invoice_number text not null,
  vendor_id      uuid not null,
  kind           text not null,
  severity       text not null,
  status         text not null,
  owner          uuid,
  findings       jsonb not null,
  hold           jsonb not null,
  placed_hold    jsonb not null,
  dispute        jsonb not null,
  opened_at      timestamptz not null,
  due_at         timestamptz not null,
  closed_at      timestamptz,
  closed_by      uuid,
  reason         text,
  earlier        jsonb not null,   -- when it was open before
  primary key (tenant_id, exception_id)
);
create index on read.exceptions (tenant_id, due_at, exception_id) where status = 'open';
create index on read.exceptions (tenant_id, due_at, exception_id);
create index on read.exceptions (tenant_id, invoice_id);

-- How soon the company wants them answered.
create table read.answer_times (
  tenant_id  uuid not null,
  company_id uuid not null,
  times      jsonb not null,
  primary key (tenant_id, company_id)
);
create index on read.invoices using gin (lookalikes jsonb_path_ops) where lookalikes <> '[]';

-- What invoices are compared by, and the keys (hashed) under which those to compare with are found.
create table read.fingerprints (
  tenant_id  uuid not null,
  invoice_id uuid not null,
  version    bigint not null,
  position   bigint not null,
  stated_at  bigint not null,
  live       boolean not null,
  issue_date date not null,
  print      jsonb not null,
  primary key (tenant_id, invoice_id)
);
create table read.fingerprint_keys (
  tenant_id  uuid not null,
  key        uuid not null,
  invoice_id uuid not null
);
-- Not their primary key: they are random, and a rebuild makes an index of random keys last and at once.
create index on read.fingerprint_keys (tenant_id, key, invoice_id);

-- What the rules last said of an invoice's original.
create table read.verdicts (
  tenant_id  uuid not null,
  invoice_id uuid not null,
  version    bigint not null,
  position   bigint not null,
  given_at   timestamptz not null,
  fatal      int not null,
  warnings   int not null,
  verdict    jsonb not null,
  primary key (tenant_id, invoice_id)
);
create index on read.verdicts (tenant_id, given_at, invoice_id);

-- What is owed, as signed movements, never changed: any sum at (effective, recorded) can be asked again later.
create table read.payable_facts (
  tenant_id      uuid not null,
  entry          bigint not null,  -- 128 times the position, plus the number of the movement among its event's
  position       bigint not null,
  invoice_id     uuid not null,
  vendor_id      uuid not null,
  kind           text not null,
  amount         numeric not null, -- of what is owed; credit notes count negative
  unapproved     numeric not null, -- of the part of it that nobody has approved
  disputed       numeric not null, -- of the part of it that the vendor and we do not agree on
  currency       text not null,
  due_date       date not null,
  document_date  date not null,
  effective_date date not null,
  recorded_at    timestamptz not null,
  withholding    jsonb,            -- of tax that a payment kept back or gave back: payment, code, rate, base, tax
  on_account     boolean not null, -- money of a payment that settled nothing
  primary key (tenant_id, entry)
);
create index on read.payable_facts (tenant_id, invoice_id);
-- Certificates are made of few movements among many.
create index on read.payable_facts (tenant_id, effective_date) where withholding is not null;
-- A vendor's movements lie apart: its ageing is read from the index alone.
create index on read.payable_facts (tenant_id, vendor_id)
  include (invoice_id, currency, due_date, document_date, effective_date, entry, amount, unapproved, disputed, on_account);
create index on read.payable_facts (tenant_id, effective_date);
create index on read.payable_facts (tenant_id, recorded_at, entry);

-- Sums of them by block of the log, so that what is owed at any position is a bounded sum.
create table read.payable_sums (
  tenant_id      uuid not null,
  block          bigint not null,
  currency       text not null,
  due_date       date not null,
  document_date  date not null,
  effective_date date not null,
  on_account     boolean not null,
  amount         numeric(60, 4) not null, -- no currency has a finer minor unit
  unapproved     numeric(60, 4) not null,
  disputed       numeric(60, 4) not null,
  primary key (tenant_id, block, currency, due_date, document_date, effective_date, on_account)
);

create table read.receivables (
  tenant_id     uuid not null,
  receivable_id uuid not null,
  version       bigint not null,
  position      bigint not null,
  status        text not null,
  customer_id   uuid not null,
  number        text not null,     -- empty of a draft
  currency      text not null,
  amount        numeric not null,  -- what it asks for
  open          numeric not null,  -- what the customer owes now
  owed_back     numeric not null,  -- what the customer is owed now
  issue_date    date,
  due_date      date,              -- of the first part that is left
  drafted_at    timestamptz not null,
  payment_recorded boolean not null, -- and a line of a statement may tell of it later
  state         jsonb not null,
  primary key (tenant_id, receivable_id)
);
create index on read.receivables (tenant_id, receivable_id) where payment_recorded;
create index on read.receivables (tenant_id, drafted_at, receivable_id);
create index on read.receivables (tenant_id, number, receivable_id);
create index on read.receivables (tenant_id, customer_id, drafted_at, receivable_id);
-- What is open is little among what was ever issued.
create index on read.receivables (tenant_id, due_date, receivable_id) where open > 0;
create index on read.receivables (tenant_id, receivable_id) where owed_back > 0;

-- Movements of what customers owe: a sum of them is exact at any pair of dates.
create table read.receivable_facts (
  tenant_id      uuid not null,
  entry          bigint not null,  -- 128 times the position, plus the number of the movement among its event's
  position       bigint not null,
  receivable_id  uuid not null,
  customer_id    uuid not null,
  kind           text not null,
  amount         numeric not null, -- of what is owed to us
  currency       text not null,
  due_date       date not null,
  document_date  date not null,
  effective_date date not null,
  recorded_at    timestamptz not null,
  primary key (tenant_id, entry)
);
create index on read.receivable_facts (tenant_id, receivable_id);
-- A customer's movements lie apart: its ageing is read from the index alone.
create index on read.receivable_facts (tenant_id, customer_id)
  include (receivable_id, currency, due_date, document_date, effective_date, entry, amount);
create index on read.receivable_facts (tenant_id, recorded_at, entry);

create table read.approvals (
  tenant_id    uuid not null,
  approval_id  uuid not null,
  version      bigint not null,
  position     bigint not null,
  status       text not null,
  invoice_id   uuid not null,
  round        int not null,
  stage        int,
  amount       numeric not null,
  currency     text not null,
  requested_by uuid not null,
  requested_at timestamptz not null,
  ended_at     timestamptz,
  first_ended_at timestamptz,      -- a granted round may be withdrawn later: it ended when it was granted
  first_ended_as text,
  waiting_for  jsonb not null,     -- ids of those who may decide the open stage and have not
  decisions    jsonb not null,
  notes        jsonb not null,     -- what people said, and what deadlines did
  due_at       timestamptz,        -- when something happens next by itself
  state        jsonb not null,
  primary key (tenant_id, approval_id)
);
create index on read.approvals (due_at) where due_at is not null;
create index on read.approvals (tenant_id, invoice_id, round);
create index on read.approvals (tenant_id, requested_at, approval_id);
create index on read.approvals (tenant_id, requested_at, approval_id) where status = 'running';
create index on read.approvals (tenant_id, requested_at, approval_id) where status = 'stuck';

create table read.payments (
  tenant_id      uuid not null,
  payment_id     uuid not null,
  version        bigint not null,
  position       bigint not null,
  status         text not null,
  method         text not null,
  currency       text not null,
  total          numeric not null,
  items          int not null,
  execution_date date not null,
  value_date     date,
  planned_by     uuid not null,
  planned_at     timestamptz not null,
  authorised_by  uuid,
  reason         text,
  state          jsonb not null,
  cheque_account_id uuid,
  cheque_number     bigint,
  cheque_issued_on  date,
  cheque_voided_on  date,
  due_at            timestamptz,   -- since when a mail waits to be sent
  primary key (tenant_id, payment_id)
);
create index on read.payments (tenant_id, cheque_account_id, cheque_number) where cheque_number is not null;

create table read.chequebooks (
  tenant_id       uuid not null,
  chequebook_id   uuid not null,
  version         bigint not null,
  position        bigint not null,
  bank_account_id uuid not null,
  next_number     bigint not null,
  voided          jsonb not null,   -- numbers on which nothing was ever written, with the reason
  files           jsonb not null,   -- positive pay files, the first first
  layout          jsonb not null,   -- how the next one is written
  primary key (tenant_id, chequebook_id)
);
create index on read.chequebooks (tenant_id, bank_account_id, chequebook_id);
create index on read.payments (tenant_id, due_at) where due_at is not null;
create index on read.payments (tenant_id, planned_at, payment_id);
create index on read.payments (tenant_id, status, execution_date, payment_id);
create index on read.payments (tenant_id, execution_date, payment_id);

create table read.payment_runs (
  tenant_id      uuid not null,
  payment_run_id uuid not null,
  version        bigint not null,
  position       bigint not null,
  status         text not null,
  method         text not null,
  execution_date date not null,
  excluded       int not null,
  proposed_by    uuid not null,
  proposed_at    timestamptz not null,
  authorised_by  uuid,
  reason         text,             -- why it was cancelled
  state          jsonb not null,
  primary key (tenant_id, payment_run_id)
);
create index on read.payment_runs (tenant_id, proposed_at, payment_run_id);
create index on read.payment_runs (tenant_id, execution_date, payment_run_id);

-- What a run says of each invoice: that it pays it, or why not.
create table read.payment_run_items (
  tenant_id       uuid not null,
  item_id         uuid not null,
  payment_run_id  uuid not null,
  page_id         uuid not null,
  line            int not null,     -- counted through the run; of what was never selected, through its page
  state           text not null,
  invoice_id      uuid not null,
  instalment      int not null,
  vendor_id       uuid,
  bank_account_id uuid,
  currency        text,
  amount          numeric,
  discount        numeric,
  set_off         jsonb,            -- the credits that take the place of money
  reason          text,
  detail          text,
  payment_id      uuid,
  withheld        numeric,          -- tax, beside the amount that leaves
  legal_priority  text,             -- why the law wants it paid before others
  with_instalments jsonb,           -- numbers of further instalments that are paid with it
  primary key (tenant_id, item_id)
);
create index on read.payment_run_items (tenant_id, page_id, line);
create index on read.payment_run_items (tenant_id, payment_run_id, line, item_id);
create index on read.payment_run_items (tenant_id, payment_run_id, state, item_id);
create index on read.payment_run_items (tenant_id, invoice_id, item_id);
create index on read.payment_run_items (tenant_id, invoice_id, instalment) where state = 'selected';

create table read.bank_statements (
  tenant_id         uuid not null,
  bank_statement_id uuid not null,
  version           bigint not null,
  position          bigint not null,
  bank_account_id   uuid not null,
  format            text not null,
  kind              text not null,
  statement_id      text,
  sequence          text,
  currency          text not null,
  from_date         date,
  to_date           date,
  opening           numeric,
  closing           numeric,
  proof             jsonb not null,
  lines             int not null,
  matched           int not null,
  booked            int not null,
  repeated          int not null,
  pending           int not null,
  sha256            text not null,
  imported_by       uuid not null,
  imported_at       timestamptz not null,
  withdrawn_at      timestamptz,
  primary key (tenant_id, bank_statement_id)
);
create index on read.bank_statements (tenant_id, imported_at, bank_statement_id);
create index on read.bank_statements (tenant_id, bank_account_id, to_date);

-- The account's lines, whichever statement brought them.
create table read.bank_lines (
  tenant_id            uuid not null,
  bank_line_id         uuid not null,
  bank_statement_id    uuid not null,
  bank_account_id      uuid not null,
  line                 int not null,
  booked_on            date not null,
  value_date           date,
  amount               numeric not null,
  currency             text not null,
  bank_reference       text,
  end_to_end_id        text,
  cheque_number        text,
  counterparty_name    text,
  counterparty_account text,
  text                 text,
  is_return            boolean not null,
  transaction_codes    jsonb not null,
  matched              boolean not null,
  matching             jsonb,
  booking              jsonb,
  withheld             jsonb,
  cheque_exception     jsonb,
  withdrawn            boolean not null,
  primary key (tenant_id, bank_line_id)
);
create index on read.bank_lines (tenant_id, bank_account_id, booked_on, bank_line_id);
create index on read.bank_lines (tenant_id, booked_on, bank_line_id) where not matched and not withdrawn;
create index on read.bank_lines (tenant_id, bank_statement_id);

create table read.bank_rules (
  tenant_id     uuid not null,
  bank_rules_id uuid not null,
  version       bigint not null,
  position      bigint not null,
  rule_set      jsonb not null,
  adopted_by    uuid not null,
  adopted_at    timestamptz not null,
  primary key (tenant_id, bank_rules_id)
);

-- What the books say went through an account: one row for each item of a payment from it.
create table read.bank_moves (
  tenant_id       uuid not null,
  bank_move_id    uuid not null,
  bank_account_id uuid not null,
  payment_id      uuid not null,
  item            int not null,
  end_to_end_id   text not null,
  amount          numeric not null,
  currency        text not null,
  settled_on      date,
  returned_on     date,
  primary key (tenant_id, bank_move_id)
);
create index on read.bank_moves (tenant_id, bank_account_id, settled_on);
create index on read.bank_moves (tenant_id, bank_account_id, amount);

create table read.stock (
  tenant_id     uuid not null,
  stock_id      uuid not null,
  version       bigint not null,
  position      bigint not null,
  item_id       uuid not null,
  location      text not null,
  on_hand       numeric not null,
  reserved      numeric not null,
  valuation     text not null,
  reservations  jsonb not null,
  low           boolean not null,
  reorder_level numeric,           -- as of the last crossing
  moved_at      timestamptz not null,
  primary key (tenant_id, stock_id)
);
create index on read.stock (tenant_id, item_id);

create table read.stock_movements (
  tenant_id      uuid not null,
  position       bigint not null,
  stock_id       uuid not null,
  item_id        uuid not null,
  location       text not null,
  kind           text not null,
  difference     numeric not null,
  on_hand        numeric not null,
  unit_cost      numeric,
  currency       text,             -- of the cost
  reason         text,
  receipt_id     uuid,
  receipt_line   bigint,
  moved_by       uuid not null,
  effective_date date not null,
  recorded_at    timestamptz not null,
  primary key (tenant_id, position)
);
create index on read.stock_movements (tenant_id, item_id, position);

create table read.provider_accounts (
  tenant_id           uuid not null,
  provider_account_id uuid not null,
  version       bigint not null,
  position      bigint not null,
  name          text not null,
  account_state text not null,
  opened_at     timestamptz not null,
  account       jsonb not null,
  primary key (tenant_id, provider_account_id)
);

create table read.transfers (
  tenant_id           uuid not null,
  payment_id          uuid not null,
  position            bigint not null,
  provider_account_id uuid not null,
  vendor_id           uuid not null,
  reference           text not null,
  amount              numeric not null,
  currency            text not null,
  status              text not null,
  provider_reference  text,
  started_at          timestamptz,
  due_at              timestamptz,       -- while it is not known how it ends
  reason              text,
  primary key (tenant_id, payment_id)
);
create index on read.transfers (tenant_id, due_at) where due_at is not null;
create index on read.transfers (tenant_id, coalesce(due_at, 'infinity'), payment_id);

create table read.tolerances (
  tenant_id     uuid not null,
  tolerances_id uuid not null,
  version       bigint not null,
  position      bigint not null,
  adopted_by    uuid not null,
  adopted_at    timestamptz not null,
  state         jsonb not null,
  primary key (tenant_id, tolerances_id)
);

-- Goods in and invoices against them, at the order's price, never changed.
create table read.order_line_facts (
  tenant_id         uuid not null,
  entry             bigint not null,  -- the position, and the line within the event
  position          bigint not null,
  purchase_order_id uuid not null,
  line              bigint not null,
  kind              text not null,
  source_id         uuid not null,
  quantity          numeric not null, -- above zero came in, below was invoiced or went back
  value             numeric not null,
  currency          text not null,
  effective_date    date not null,
  recorded_at       timestamptz not null,
  primary key (tenant_id, entry)
);
create index on read.order_line_facts (tenant_id, purchase_order_id, line);

-- The general ledger. `ledger_state` is what the next postings need: the books, and what is held of each document.
create table read.ledger_state (
  tenant_id    uuid not null,
  state_id     uuid not null,
  position     bigint not null,
  untranslated text,               -- the currency whose exchange rate it waits for
  state        jsonb not null,
  primary key (tenant_id, state_id)
);
create index on read.ledger_state (tenant_id, untranslated) where untranslated is not null;

-- What one unit of a currency cost on a day, as stated last.
create table read.exchange_rates (
  tenant_id uuid not null,
  rate_id   uuid not null,         -- follows from unit, currency and day
  unit      text not null,
  currency  text not null,
  quoted_on date not null,
  rate      numeric not null,
  source    text not null,
  position  bigint not null,
  primary key (tenant_id, rate_id)
);
create index on read.exchange_rates (tenant_id, unit, currency, quoted_on);

-- Lines of balanced entries, never changed.
create table read.journal_lines (
  tenant_id      uuid not null,
  line_id        bigint not null,  -- the position, shifted by 20 bits, plus the line's number within its event
  position       bigint not null,
  entry          int not null,
  effective_date date not null,
  recorded_at    timestamptz not null,
  reason         text not null,
  document_type  text not null,
  document_id    uuid not null,
  related_id     uuid,
  party_id       uuid,
  account        text not null,
  cost_centre    text,
  project        text,
  tax_code       text,
  currency       text not null,
  amount         numeric not null, -- debit above zero, credit below
  base           numeric,          -- in the books' currency; null while no exchange rate is known
  primary key (tenant_id, line_id)
);
create index on read.journal_lines (tenant_id, account, effective_date, line_id);
create index on read.journal_lines (tenant_id, document_id, line_id);
create index on read.journal_lines (tenant_id, recorded_at, line_id);
create index on read.journal_lines (tenant_id, effective_date) where document_type = 'invoice';
create index on read.journal_lines (tenant_id, effective_date, line_id) where reason = 'accrued';

-- Sums of them by block of the log, so that a balance at any position is a bounded sum.
create table read.ledger_sums (
  tenant_id      uuid not null,
  block          bigint not null,
  account        text not null,
  currency       text not null,
  effective_date date not null,
  debit          numeric(60, 4) not null, -- no currency has a finer minor unit
  credit         numeric(60, 4) not null,
  base_debit     numeric(60, 4) not null,
  base_credit    numeric(60, 4) not null,
  untranslated   numeric(60, 4) not null,
  primary key (tenant_id, block, account, currency, effective_date)
);

-- What bank accounts in other currencies are carried at after each day on which they moved.
create table read.bank_holdings (
  tenant_id      uuid not null,
  holding_id     uuid not null,
  account        text not null,
  currency       text not null,
  effective_date date not null,
  came_in        numeric not null,
  came_in_base   numeric not null,
  went_out       numeric not null,
  went_out_base  numeric not null,
  carried        numeric not null,
  carried_base   numeric not null,
  primary key (tenant_id, holding_id)
);
create index on read.bank_holdings (tenant_id, account, currency, effective_date);

-- What stock is worth: changes, of which any sum is a value at a time; and its movements as they were valued.
create table read.stock_values (
  tenant_id      uuid not null,
  value_id       bigint not null,
  position       bigint not null,
  stock_id       uuid not null,
  effective_date date not null,
  recorded_at    timestamptz not null,
  reason         text not null,
  quantity       numeric not null,
  currency       text,             -- absent where nothing is worth more or less
  amount         numeric,
  base           numeric,          -- absent as long as no exchange rate is known
  affected       jsonb,            -- what had moved before at another cost
  primary key (tenant_id, value_id)
);
create index on read.stock_values (tenant_id, stock_id, effective_date, recorded_at);

create table read.stock_history (
  tenant_id   uuid not null,
  movement_id uuid not null,
  position    bigint not null,
  stock_id    uuid not null,
  movement    jsonb not null,
  primary key (tenant_id, movement_id)
);
create index on read.stock_history (tenant_id, stock_id, position);

do $$
declare t text;
begin
  foreach t in array array['users', 'api_keys', 'company', 'company_accounts', 'approval_policy', 'attachments', 'comments', 'mentions', 'messages', 'recurring_invoices', 'delegations', 'verdicts', 'fingerprints', 'fingerprint_keys', 'vendors', 'customers', 'payment_terms', 'withholding_taxes', 'import_mappings', 'items', 'locations', 'purchase_orders',
                           'goods_receipts', 'provider_accounts', 'chequebooks', 'transfers', 'invoices', 'payable_facts', 'payable_sums', 'discount_windows', 'missed_discounts', 'receivables', 'receivable_facts', 'approvals', 'payments', 'stock', 'stock_movements',
                           'exceptions', 'answer_times', 'tolerances', 'order_line_facts',
                           'charts', 'fiscal_calendars', 'ledger_state', 'exchange_rates', 'journal_lines', 'ledger_sums', 'bank_holdings', 'stock_values', 'stock_history',
                           'order_documents', 'despatch_advices', 'invoice_imports', 'payment_runs', 'payment_run_items', 'bank_statements', 'bank_rules', 'bank_lines', 'bank_moves'] loop
    call ops.protect_read_model(format('read.%I', t)::regclass);
  end loop;
end $$;
call ops.admit_clock('read.approvals');
call ops.admit_clock('read.discount_windows');
call ops.admit_clock('read.payments');
call ops.admit_clock('read.transfers');
call ops.admit_clock('read.recurring_invoices');

-- Whose key is this? An exact match among the unique facts, which a key holds from the write that issues it to the one that
-- revokes it: no read model is asked, so none that stands still lets anybody in. What the holder may do, the log says.
create function iam.key_lookup(wanted bytea) returns table (tenant_id uuid, user_id uuid)
language sql stable security definer set search_path = '' as $$
  select k.tenant_id, k.aggregate_id from es.unique_keys k
   where k.key = 'api-key|' || pg_catalog.encode(wanted, 'hex') and k.key like 'api-key|%'
$$;
alter function iam.key_lookup(bytea) owner to q_iam;
revoke all on function iam.key_lookup(bytea) from public;
grant execute on function iam.key_lookup(bytea) to q_app;
