from django.conf import settings
from django.db import migrations

# The event repository is SQL without models: legal for a cluster of databases, so that a nation's
# events fit the same tables. No foreign key, no sequence; the column rows are distributed by stands
# in every unique key (key → trace_key, trace_event; item → trace_link, trace_item). Whether two
# events are the same is decided in trace_key, which is never partitioned; trace_event and
# trace_link may be, by month of record_time.
TABLES = """
CREATE TABLE trace_capture (
    id uuid PRIMARY KEY,
    created_at timestamptz NOT NULL,
    finished_at timestamptz NOT NULL,
    bytes bigint NOT NULL,
    events integer NOT NULL,
    captured integer NOT NULL,
    duplicate integer NOT NULL,
    rejected integer NOT NULL,
    state text NOT NULL CHECK (state IN ('captured', 'partial', 'failed')),
    behaviour text NOT NULL CHECK (behaviour IN ('rollback', 'proceed')),
    sender text NOT NULL,
    party text NOT NULL,
    district text NOT NULL,
    request text NOT NULL,
    errors json NOT NULL,
    header bytea
);
CREATE INDEX trace_capture_of_party ON trace_capture (party, id);
CREATE INDEX trace_capture_of_district ON trace_capture (district, id);
COMMENT ON TABLE trace_capture IS
    'A document that was sent: written once, with its end, in the transaction of its events.';
COMMENT ON COLUMN trace_capture.header IS 'EPCISHeader of a document in XML, as it was sent.';

CREATE TABLE trace_key (
    key uuid PRIMARY KEY,
    content uuid NOT NULL,
    record_time timestamptz NOT NULL
);
COMMENT ON TABLE trace_key IS
    'Every event by its key; content tells whether what is sent again is the same.';

CREATE TABLE trace_event (
    key uuid NOT NULL,
    record_time timestamptz NOT NULL,
    event_time timestamptz NOT NULL,
    capture uuid,
    context uuid,
    read_point uuid,
    biz_location uuid,
    place integer NOT NULL,
    type smallint NOT NULL,
    action smallint NOT NULL,
    declares_error boolean NOT NULL,
    hash bytea NOT NULL,
    hash_version text NOT NULL,
    biz_step text,
    disposition text,
    party text NOT NULL,
    district text NOT NULL,
    inputs uuid[],
    outputs uuid[],
    document bytea NOT NULL,
    form smallint NOT NULL DEFAULT 0,
    original bytea,
    PRIMARY KEY (record_time, key)
){by_month};
CREATE INDEX trace_event_by_time ON trace_event (event_time, key);
CREATE INDEX trace_event_of_party ON trace_event (party, event_time, key);
CREATE INDEX trace_event_of_district ON trace_event (district, event_time, key)
    WHERE district <> '';
COMMENT ON COLUMN trace_event.document IS
    'The bytes of the event as they were sent; of one in XML what it says in JSON.';
COMMENT ON COLUMN trace_event.form IS 'How it was sent: 0 JSON, 12 XML 1.2, 20 XML 2.0.';
COMMENT ON COLUMN trace_event.original IS
    'Of an event in XML: the prefixes declared around it, on a line, then its bytes.';
COMMENT ON COLUMN trace_event.place IS 'Its number in the document, from 0.';
COMMENT ON COLUMN trace_event.inputs IS
    'One side of an event too large to be repeated in each of its links; so are outputs.';

CREATE TABLE trace_context (
    id uuid PRIMARY KEY,
    content bytea NOT NULL
);
COMMENT ON TABLE trace_context IS 'The @context of documents, each once.';

CREATE TABLE trace_item (
    id uuid PRIMARY KEY,
    kind text NOT NULL,
    key text COLLATE "C" NOT NULL,
    prefix smallint
);
CREATE INDEX trace_item_by_key ON trace_item (key) WHERE kind <> 'other';
COMMENT ON TABLE trace_item IS 'What a digest stands for: canonical key of an identifier.';
COMMENT ON COLUMN trace_item.prefix IS
    'Digits of its company prefix, where whoever named it first said so by a URN.';

CREATE TABLE trace_prefix (
    item uuid PRIMARY KEY,
    prefix smallint NOT NULL
);
COMMENT ON TABLE trace_prefix IS 'The same, told later of an item that was there without it.';

CREATE TABLE trace_link (
    item uuid NOT NULL,
    event uuid NOT NULL,
    record_time timestamptz NOT NULL,
    event_time timestamptz NOT NULL,
    role smallint NOT NULL,
    quantity numeric,
    unit text,
    opposite uuid[]
){by_month};
CREATE INDEX trace_link_of_item ON trace_link (item, event_time, event);
COMMENT ON COLUMN trace_link.opposite IS
    'Other side of the event: outputs of an input, children of a parent. NULL: it stands in the event.';
"""

# A few rows of who asks again and again: on a cluster a copy of each table stands on every node
# (reference tables), so that any column may be unique.
STANDING = """
CREATE TABLE trace_query (
    id uuid PRIMARY KEY,
    name text COLLATE "C" NOT NULL UNIQUE,
    created_at timestamptz NOT NULL,
    party text NOT NULL,
    district text NOT NULL,
    creator text NOT NULL,
    extensions text NOT NULL,
    query text NOT NULL
);
COMMENT ON COLUMN trace_query.query IS 'The JSON object of its parameters.';

CREATE TABLE trace_subscription (
    id uuid PRIMARY KEY,
    query uuid NOT NULL,
    created_at timestamptz NOT NULL,
    party text NOT NULL,
    district text NOT NULL,
    creator text NOT NULL,
    post bigint NOT NULL,
    dest text NOT NULL,
    token text NOT NULL,
    schedule json,
    reports_if_empty boolean NOT NULL,
    initial timestamptz,
    epc_format text NOT NULL,
    state text NOT NULL CHECK (state IN ('active', 'paused')),
    cursor_time timestamptz NOT NULL,
    cursor_key uuid NOT NULL,
    due_at timestamptz NOT NULL,
    page_events integer NOT NULL,
    notified_at timestamptz,
    failed_at timestamptz,
    failing_since timestamptz,
    failures integer NOT NULL DEFAULT 0,
    failure text NOT NULL DEFAULT ''
);
CREATE INDEX trace_subscription_of_query ON trace_subscription (query);
COMMENT ON COLUMN trace_subscription.dest IS 'Sealed, as the token is; schedule is NULL of a stream.';
COMMENT ON COLUMN trace_subscription.cursor_time IS
    'With cursor_key: up to there the receiver has taken everything.';
"""

ALLOTMENTS = """
CREATE TABLE trace_allotment (
    id uuid PRIMARY KEY,
    number text COLLATE "C" NOT NULL,
    party text NOT NULL,
    role text NOT NULL CHECK (role IN ('owner', 'agent')),
    since date,
    until date CHECK (until >= since),
    entered_at timestamptz NOT NULL,
    entered_by text NOT NULL,
    changed_at timestamptz NOT NULL,
    is_void boolean NOT NULL
);
COMMENT ON TABLE trace_allotment IS
    'Who speaks for a company prefix or a single number; each change is an entry of the ledger.';
"""

# Where a file's import stands until it is through; a row changes with every batch.
IMPORTS = """
CREATE TABLE trace_import (
    file uuid PRIMARY KEY,
    passed bigint NOT NULL,
    captured bigint NOT NULL,
    duplicate bigint NOT NULL,
    rejected bigint NOT NULL,
    told bigint NOT NULL,
    kept_at timestamptz NOT NULL
);
COMMENT ON TABLE trace_import IS 'How far a file that is being imported was read, by its sign.';
COMMENT ON COLUMN trace_import.told IS 'Bytes of the file beside it that tells what was rejected.';
"""

# What came through a place, which places there are: an index for each, so that nobody who asks for
# little is answered by looking at all.
SIDES = """
CREATE INDEX trace_event_of_read_point ON trace_event (read_point, event_time, key)
    WHERE read_point IS NOT NULL;
CREATE INDEX trace_event_of_biz_location ON trace_event (biz_location, event_time, key)
    WHERE biz_location IS NOT NULL;
"""

TOLD_ONCE = ("capture", "key", "event", "context", "item", "prefix", "link")

REFUSE_CHANGE = """
CREATE FUNCTION trace_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
"""

# On a server with a single login there is no app role to take rights from; the trigger stands.
KEEP = """
CREATE TRIGGER trace_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON trace_{table}
    FOR EACH STATEMENT EXECUTE FUNCTION trace_refuse_change();
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'mingchu_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON trace_{table} FROM mingchu_app;
    END IF;
END $$;
"""


# Months of record_time, in UTC. What no month is made for lies in the rest; a month that has rows
# there already stays there. Whoever may write may have months made, and owns none of them.
MONTHS = """
CREATE TABLE trace_event_rest PARTITION OF trace_event DEFAULT;
CREATE TABLE trace_link_rest PARTITION OF trace_link DEFAULT;

CREATE FUNCTION trace_guard(part regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER trace_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON %s
                    FOR EACH STATEMENT EXECUTE FUNCTION trace_refuse_change()', part);
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'mingchu_app') THEN
        EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON %s FROM mingchu_app', part);
    END IF;
END $$;
SELECT trace_guard('trace_event_rest'), trace_guard('trace_link_rest');

CREATE FUNCTION trace_make_month(day date) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
    parent text;
    part text;
    made integer := 0;
    begins timestamp := date_trunc('month', day::timestamp);
BEGIN
    FOREACH parent IN ARRAY ARRAY['trace_event', 'trace_link'] LOOP
        part := parent || to_char(begins, '_YYYY_MM');
        CONTINUE WHEN to_regclass(part) IS NOT NULL;
        BEGIN
            EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS)', part, parent);
            EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                           parent, part, begins AT TIME ZONE 'UTC',
                           (begins + interval '1 month') AT TIME ZONE 'UTC');
            PERFORM trace_guard(part::regclass);
            made := made + 1;
        EXCEPTION WHEN check_violation OR lock_not_available THEN
            NULL;
        END;
    END LOOP;
    RETURN made;
END $$;
SELECT trace_make_month((now() + month * interval '1 month')::date)
  FROM generate_series(0, 3) AS month;
"""


def operations(*, by_month):
    """All that makes the tables; those of events and links in months where that is asked."""
    parted = " PARTITION BY RANGE (record_time)" if by_month else ""
    return [
        migrations.RunSQL(TABLES.format(by_month=parted)),
        migrations.RunSQL(STANDING),
        migrations.RunSQL(ALLOTMENTS),
        migrations.RunSQL(IMPORTS),
        migrations.RunSQL(SIDES),
        migrations.RunSQL(REFUSE_CHANGE),
        *(migrations.RunSQL(KEEP.format(table=table)) for table in TOLD_ONCE),
        *([migrations.RunSQL(MONTHS)] if by_month else []),
    ]


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = operations(by_month=settings.TRACE_PARTITIONS)
