import shutil
import sqlite3
from pathlib import Path

import pytest

from orchestratord.journal import Journal
from orchestratord.journal.migrations import STEPS, migrate, schema_of
from orchestratord.journal.opening import open_database

FIXTURES = Path(__file__).parent / "fixtures"
LATER = (*STEPS, ("ALTER TABLE events ADD COLUMN origin TEXT", "CREATE TABLE more (key TEXT) STRICT"))
BROKEN = (*STEPS, ("ALTER TABLE events ADD COLUMN origin TEXT", "CREATE TABLE events (twice TEXT)"))


@pytest.mark.parametrize("version", range(1, len(STEPS) + 1))
async def test_a_file_of_every_version_there_was_opens_with_what_is_in_it(state_dir: Path, version: int) -> None:
    path = state_dir / "journal.sqlite"
    shutil.copy(FIXTURES / f"version-{version}.sqlite", path)
    journal = await Journal.open(path)
    events = await journal.read()
    assert [(event.seq, event.at, event.kind, event.agent) for event in events] == [
        (1, 1795486530.5, "daemon.started", None),
        (2, 1795486531.0, "agent.state", "grand_boss"),
    ]
    assert events[1].data == {"state": "idle", "words": "待機"}
    assert await journal.recall() == {"agent/grand_boss": {"pid": 7}}
    assert journal.degraded is None
    await journal.close()


def test_an_older_file_is_brought_up_to_date_and_keeps_what_is_in_it(state_dir: Path) -> None:
    path = state_dir / "journal.sqlite"
    shutil.copy(FIXTURES / f"version-{len(STEPS)}.sqlite", path)
    opened = open_database(path, 0.0, steps=LATER)
    assert (opened.fresh, opened.set_aside) == (False, None)
    assert opened.database.last_seq == 2
    opened.database.close()
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(origin), count(*) FROM events").fetchone() == (0, 2)
        assert connection.execute("PRAGMA user_version").fetchone() == (len(LATER),)
    connection.close()
    opened = open_database(path, 0.0, steps=LATER)
    assert opened.set_aside is None
    opened.database.close()


def test_a_step_that_fails_leaves_the_file_at_its_old_version() -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrate(connection, 0)
    before = schema_of(connection)
    with pytest.raises(sqlite3.OperationalError):
        migrate(connection, len(STEPS), BROKEN)
    assert schema_of(connection) == before
    assert connection.execute("PRAGMA user_version").fetchone() == (len(STEPS),)
    connection.close()
