-- Every id is unique within its project. AUTOINCREMENT: the number of a forgotten project is never given again, so that
-- ports that were opened on it cannot reach another project.
CREATE TABLE projects (
    project    INTEGER PRIMARY KEY AUTOINCREMENT,
    project_id TEXT NOT NULL UNIQUE,
    name       TEXT NOT NULL UNIQUE,
    value      TEXT NOT NULL
);

-- The content of flows, once per different text. Two texts of equal flows (keys in another order) share the digest.
CREATE TABLE contents (
    content    INTEGER PRIMARY KEY,
    text_hash  BLOB NOT NULL UNIQUE,
    digest     TEXT NOT NULL,
    name       TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    asset      TEXT NOT NULL,
    document   TEXT NOT NULL
);

-- The heads of flows: all that listings show and search, so that these never read a document.
CREATE TABLE flows (
    flow               INTEGER PRIMARY KEY,
    project            INTEGER NOT NULL REFERENCES projects ON DELETE CASCADE,
    flow_id            TEXT NOT NULL,
    name               TEXT NOT NULL,
    description        TEXT NOT NULL,
    engine_version     TEXT NOT NULL,
    environment_id     TEXT,
    folded_name        TEXT NOT NULL,
    folded_description TEXT NOT NULL,
    revision           INTEGER NOT NULL,
    digest             TEXT NOT NULL,
    created_ms         INTEGER NOT NULL,
    modified_ms        INTEGER NOT NULL,
    deleted_ms         INTEGER,
    UNIQUE (project, flow_id)
);
CREATE UNIQUE INDEX flows_by_name ON flows (project, name) WHERE deleted_ms IS NULL;
CREATE INDEX flows_in_order ON flows (project, flow) WHERE deleted_ms IS NULL;
CREATE INDEX flows_deleted ON flows (project, deleted_ms) WHERE deleted_ms IS NOT NULL;

CREATE TABLE revisions (
    flow     INTEGER NOT NULL REFERENCES flows ON DELETE CASCADE,
    number   INTEGER NOT NULL,
    content  INTEGER NOT NULL REFERENCES contents,
    saved_ms INTEGER NOT NULL,
    PRIMARY KEY (flow, number)
) WITHOUT ROWID;
CREATE INDEX revisions_by_content ON revisions (content);

CREATE TABLE environments (
    item    INTEGER PRIMARY KEY,
    project INTEGER NOT NULL REFERENCES projects ON DELETE CASCADE,
    id      TEXT NOT NULL,
    name    TEXT NOT NULL,
    value   TEXT NOT NULL,
    UNIQUE (project, id),
    UNIQUE (project, name)
);

CREATE TABLE parameter_sets (
    item     INTEGER PRIMARY KEY,
    project  INTEGER NOT NULL REFERENCES projects ON DELETE CASCADE,
    id       TEXT NOT NULL,
    name     TEXT NOT NULL,
    value    TEXT NOT NULL,
    revision INTEGER NOT NULL DEFAULT 1,
    UNIQUE (project, id),
    UNIQUE (project, name)
);

CREATE TABLE jobs (
    item    INTEGER PRIMARY KEY,
    project INTEGER NOT NULL REFERENCES projects ON DELETE CASCADE,
    id      TEXT NOT NULL,
    name    TEXT NOT NULL,
    value   TEXT NOT NULL,
    UNIQUE (project, id)
);

CREATE TABLE runs (
    item    INTEGER PRIMARY KEY,
    project INTEGER NOT NULL REFERENCES projects ON DELETE CASCADE,
    job     INTEGER NOT NULL REFERENCES jobs ON DELETE CASCADE,
    id      TEXT NOT NULL,
    value   TEXT NOT NULL,
    UNIQUE (project, id)
);
CREATE INDEX runs_of_job ON runs (job, item);

CREATE TABLE log_lines (
    line     INTEGER PRIMARY KEY,
    run      INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
    at_ms    INTEGER NOT NULL,
    severity TEXT NOT NULL,
    text     TEXT NOT NULL
);
CREATE INDEX log_lines_of_run ON log_lines (run, line);

CREATE TABLE offsets (
    job    INTEGER NOT NULL REFERENCES jobs ON DELETE CASCADE,
    entity TEXT NOT NULL,
    offset TEXT NOT NULL,
    PRIMARY KEY (job, entity)
) WITHOUT ROWID;
