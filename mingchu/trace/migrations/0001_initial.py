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
    errors json NOT NULL
);
CREATE INDEX trace_capture_of_party ON trace_capture (party, id);
CREATE INDEX trace_capture_of_district ON trace_capture (district, id);
COMMENT ON TABLE trace_capture IS
    'A document that was sent: written once, with its end, in the transaction of its events.';

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
    PRIMARY KEY (record_time, key)
);
CREATE INDEX trace_event_by_time ON trace_event (event_time, key);
COMMENT ON COLUMN trace_event.document IS 'The bytes of the event as they were sent.';
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

# What came through a place, which places there are, what is a party's own: an index for each, so
# that nobody who asks for little is answered by looking at all.
SIDES = """
CREATE INDEX trace_event_of_read_point ON trace_event (read_point, event_time, key)
    WHERE read_point IS NOT NULL;
CREATE INDEX trace_event_of_biz_location ON trace_event (biz_location, event_time, key)
    WHERE biz_location IS NOT NULL;
CREATE INDEX trace_event_of_party ON trace_event (party, event_time, key);
CREATE INDEX trace_event_of_district ON trace_event (district, event_time, key)
    WHERE district <> '';
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
        migrations.RunSQL(SIDES),
        migrations.RunSQL(REFUSE_CHANGE),
        *(migrations.RunSQL(KEEP.format(table=table)) for table in TOLD_ONCE),
    ]
