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
    form smallint NOT NULL,
    original bytea,
    PRIMARY KEY (record_time, key)
);
CREATE INDEX trace_event_by_time ON trace_event (event_time, key);
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
    key text COLLATE "C" NOT NULL
);
CREATE INDEX trace_item_by_key ON trace_item (key) WHERE kind <> 'other';
COMMENT ON TABLE trace_item IS 'What a digest stands for: canonical key of an identifier.';

CREATE TABLE trace_link (
    item uuid NOT NULL,
    event uuid NOT NULL,
    record_time timestamptz NOT NULL,
    event_time timestamptz NOT NULL,
    role smallint NOT NULL,
    quantity numeric,
    unit text,
    opposite uuid[]
);
CREATE INDEX trace_link_of_item ON trace_link (item, event_time, event);
COMMENT ON COLUMN trace_link.opposite IS
    'Other side of the event: outputs of an input, children of a parent. NULL: it stands in the event.';
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

TOLD_ONCE = ("capture", "key", "event", "context", "item", "link")

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


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.RunSQL(TABLES),
        migrations.RunSQL(IMPORTS),
        migrations.RunSQL(REFUSE_CHANGE),
        *(migrations.RunSQL(KEEP.format(table=table)) for table in TOLD_ONCE),
    ]
