"""The migrations make, on both databases, exactly the tables that `store.tables` describes."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from alembic import command

from jobs.errors import Conflict, DataFolderError
from store import tables as t
from store.columns import METADATA
from store.database import Database
from store.datasets import Datasets
from store.directions import Directions
from store.features import Features
from store.gathered import Gathered
from store.listing import Listing, overview
from store.migrate import _config, is_current, upgrade
from store.moments import Moments
from store.shelves import Wanted
from store.tx import Tx
from tests.store.test_directions import direction
from tests.store.test_moments import choice


@pytest.fixture
def fresh(fresh_database_url: str) -> Iterator[Database]:
    """A database without a table."""
    database = Database(fresh_database_url)
    yield database
    database.close()


def described(database: Database) -> dict[str, Any]:
    """All that the database itself says of its tables."""
    with database.read() as connection:
        inspector = sa.inspect(connection)
        names = [name for name in inspector.get_table_names() if name != "alembic_version"]
        return {name: _table(inspector, name) | _indexes(connection, name) for name in names}


def _table(inspector: sa.Inspector, name: str) -> dict[str, Any]:
    columns = [
        (column["name"], str(column["type"]), column["nullable"], column["default"], column.get("primary_key"))
        for column in inspector.get_columns(name)
    ]
    return {
        "columns": columns,
        "primary key": inspector.get_pk_constraint(name),
        "foreign keys": sorted(inspector.get_foreign_keys(name), key=str),
        "unique": sorted(inspector.get_unique_constraints(name), key=str),
        "checks": sorted(inspector.get_check_constraints(name), key=str),
    }


def _indexes(connection: sa.Connection, name: str) -> dict[str, Any]:
    if connection.dialect.name == "postgresql":
        query = sa.text("SELECT indexdef FROM pg_indexes WHERE tablename = :name ORDER BY 1")
    else:
        query = sa.text("SELECT sql FROM sqlite_master WHERE tbl_name = :name AND type = 'index' ORDER BY 1")
    return {"indexes": list(connection.execute(query, {"name": name}).scalars())}


def test_migrations_from_empty_make_the_tables_that_are_described(fresh: Database) -> None:
    upgrade(fresh)
    migrated = described(fresh)
    with fresh.migrating() as connection:
        connection.execute(sa.text("DROP TABLE alembic_version"))
        METADATA.drop_all(connection)
    assert described(fresh) == {}
    with fresh.begin() as connection:
        METADATA.create_all(connection)
    assert described(fresh) == migrated


def test_a_second_upgrade_changes_nothing(fresh: Database) -> None:
    assert not is_current(fresh)
    upgrade(fresh)
    before = described(fresh)
    upgrade(fresh)
    assert is_current(fresh)
    assert described(fresh) == before


def test_dates_from_before_they_had_a_source_are_the_cameras(fresh: Database) -> None:
    with fresh.migrating() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0004")
        ids = {"id": "1" * 32, "dataset_id": "2" * 32, "archive_id": "3" * 32, "at": "2026-01-01 00:00:00+00:00"}
        columns = "id, dataset_id, archive_id, position, name, state, size_bytes, revision, created_at"
        for into, values in {
            "datasets (id, name, framing, revision, created_at)": ":dataset_id, 'Old', 'centre', 1, :at",
            "archives (id, dataset_id, filename, size_bytes, sha256, state, created_at)": (
                ":archive_id, :dataset_id, 'a.zip', 1, '', 'ready', :at"
            ),
            f"photos ({columns}, taken_at)": ":id, :dataset_id, :archive_id, 0, 'a.jpg', 'ready', 1, 1, :at, :at",
            f"photos ({columns})": ":archive_id, :dataset_id, :archive_id, 1, 'b.jpg', 'ready', 1, 1, :at",
        }.items():
            connection.execute(sa.text(f"INSERT INTO {into} VALUES ({values})"), ids)  # noqa: S608 - our own words
    upgrade(fresh)
    with fresh.read() as connection:
        query = sa.select(t.photos.c.dated_by, t.photos.c.caption, t.photos.c.album).order_by(t.photos.c.position)
        assert [tuple(row) for row in connection.execute(query)] == [("camera", None, None), (None, None, None)]


def test_photos_from_before_are_listed_by_time(fresh: Database) -> None:
    with fresh.migrating() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0007")
        ids = {"id": "1" * 32, "dataset_id": "2" * 32, "archive_id": "3" * 32, "at": "2026-01-01 00:00:00+00:00"}
        for into, values in {
            "datasets (id, name, framing, revision, created_at)": ":dataset_id, 'Old', 'whole', 1, :at",
            "archives (id, dataset_id, filename, size_bytes, sha256, state, created_at)": (
                ":archive_id, :dataset_id, 'a.zip', 1, '', 'ready', :at"
            ),
            "photos (id, dataset_id, archive_id, position, name, state, size_bytes, revision, created_at, taken_at)": (
                ":id, :dataset_id, :archive_id, 0, 'a.jpg', 'ready', 1, 1, :at, :at"
            ),
        }.items():
            connection.execute(sa.text(f"INSERT INTO {into} VALUES ({values})"), ids)  # noqa: S608 - our own words
    upgrade(fresh)
    with fresh.read() as connection:
        afar = overview(connection, UUID("2" * 32), Listing(states=["ready"], order="newest"), every=100)
    assert (afar.total, afar.months) == (1, [("2026-01", 1)])


def test_archives_from_before_have_nothing_left_to_gather(fresh: Database) -> None:
    with fresh.migrating() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0011")
        ids = {"dataset_id": "2" * 32, "archive_id": "3" * 32, "at": "2026-01-01 00:00:00+00:00"}
        for into, values in {
            "datasets (id, name, framing, revision, created_at, labelled_by)": (
                ":dataset_id, 'Old', 'whole', 1, :at, 'none'"
            ),
            "archives (id, dataset_id, filename, size_bytes, sha256, state, created_at)": (
                ":archive_id, :dataset_id, 'a.zip', 1, '', 'ready', :at"
            ),
        }.items():
            connection.execute(sa.text(f"INSERT INTO {into} VALUES ({values})"), ids)  # noqa: S608 - our own words
    upgrade(fresh)
    with fresh.read() as connection:
        assert Gathered(connection, discard=print).left(UUID("2" * 32)) == {}


def test_of_photos_from_before_the_kind_is_unknown(fresh: Database) -> None:
    with fresh.migrating() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0011")
        ids = {"id": "1" * 32, "dataset_id": "2" * 32, "archive_id": "3" * 32, "at": "2026-01-01 00:00:00+00:00"}
        for into, values in {
            "datasets (id, name, framing, labelled_by, revision, created_at)": (
                ":dataset_id, 'Old', 'whole', 'none', 1, :at"
            ),
            "archives (id, dataset_id, filename, size_bytes, sha256, state, created_at)": (
                ":archive_id, :dataset_id, 'a.zip', 1, '', 'ready', :at"
            ),
            "photos (id, dataset_id, archive_id, position, name, state, size_bytes, revision, created_at)": (
                ":id, :dataset_id, :archive_id, 0, 'a.jpg', 'ready', 1, 1, :at"
            ),
        }.items():
            connection.execute(sa.text(f"INSERT INTO {into} VALUES ({values})"), ids)  # noqa: S608 - our own words
    upgrade(fresh)
    with fresh.read() as connection:
        assert connection.execute(sa.select(t.photos.c.kind)).scalars().all() == [None]
        totals = [
            overview(connection, UUID("2" * 32), Listing(kind=kind), every=100).total for kind in (None, *t.PHOTO_KINDS)
        ]
    assert totals == [1, 0, 0, 0, 0, 0]


def test_datasets_from_before_keep_their_framing_and_have_no_aspect(fresh: Database) -> None:
    with fresh.migrating() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0013")
        ids = {"dataset_id": "2" * 32, "archive_id": "3" * 32, "at": "2026-01-01 00:00:00+00:00"}
        for into, values in {
            "datasets (id, name, framing, labelled_by, revision, created_at)": (
                ":dataset_id, 'Old', 'smart', 'none', 7, :at"
            ),
            "archives (id, dataset_id, filename, size_bytes, sha256, state, created_at)": (
                ":archive_id, :dataset_id, 'a.zip', 1, '', 'ready', :at"
            ),
        }.items():
            connection.execute(sa.text(f"INSERT INTO {into} VALUES ({values})"), ids)  # noqa: S608 - our own words
    upgrade(fresh)
    with fresh.begin() as connection:
        datasets = Datasets(connection)
        old = datasets.get(UUID("2" * 32))
        assert (old.name, old.framing, old.aspect, old.revision) == ("Old", "smart", None, 7)
        assert connection.execute(sa.select(sa.func.count()).select_from(t.archives)).scalar_one() == 1
        datasets.frame(old.id, "squeeze", "3:2")
        assert datasets.get(old.id).aspect == "3:2"
    for framing, aspect in (("'squeeze'", "NULL"), ("'centre'", "'3:2'")):
        with pytest.raises(sa.exc.IntegrityError), fresh.begin() as connection:
            connection.execute(sa.text(f"UPDATE datasets SET framing = {framing}, aspect = {aspect}"))  # noqa: S608


def test_photos_from_before_stay_as_they_are_and_can_be_moved(fresh: Database) -> None:
    with fresh.migrating() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0014")
        ids = {"id": "1" * 32, "dataset_id": "2" * 32, "archive_id": "3" * 32, "at": "2026-01-01 00:00:00+00:00"}
        for into, values in {
            "datasets (id, name, framing, labelled_by, revision, created_at)": (
                ":dataset_id, 'Old', 'whole', 'none', 1, :at"
            ),
            "archives (id, dataset_id, filename, size_bytes, sha256, state, created_at)": (
                ":archive_id, :dataset_id, 'a.zip', 1, '', 'ready', :at"
            ),
            "photos (id, dataset_id, archive_id, position, name, state, size_bytes, revision, created_at, taken_at)": (
                ":id, :dataset_id, :archive_id, 0, 'a.jpg', 'excluded', 1, 1, :at, :at"
            ),
            "photo_changes (photo_id, revision, dataset_id, before, created_at)": ":id, 1, :dataset_id, 'ready', :at",
        }.items():
            connection.execute(sa.text(f"INSERT INTO {into} VALUES ({values})"), ids)  # noqa: S608 - our own words
    upgrade(fresh)
    with fresh.begin() as connection:
        photos, changes = t.photos.c, t.photo_changes.c
        (row,) = connection.execute(sa.select(photos.name, photos.state, photos.taken_at, photos.moved_to)).all()
        assert tuple(row) == ("a.jpg", "excluded", datetime(2026, 1, 1, tzinfo=UTC), None)
        assert connection.execute(sa.select(changes.before)).scalars().all() == ["ready"]
        connection.execute(sa.update(t.photos).values(state="moved", moved_to=UUID("4" * 32)))
        connection.execute(sa.update(t.photo_changes).values(before="moved"))


def test_models_from_before_have_no_directions_and_can_be_given_some(fresh: Database) -> None:
    with fresh.migrating() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0015")
        told = {"id": "1" * 32, "hash": "0" * 64, "at": "2026-01-01 00:00:00+00:00", "no": False}
        columns = "id, name, bundled, kept, resolution, facts, licence, terms, hash, files, size_bytes, created_at"
        values = ":id, 'Old', :no, :no, 64, '{}', 'CC0-1.0', '', :hash, '{}', 1, :at"
        connection.execute(sa.text(f"INSERT INTO models ({columns}) VALUES ({values})"), told)  # noqa: S608
    upgrade(fresh)
    old = UUID("1" * 32)
    with fresh.begin() as connection:
        directions = Directions(connection, discard=print)
        assert directions.of_model(old) == []
        assert directions.add_many([direction(old)]) == 1
        assert [one.model_id for one in directions.of_model(old)] == [old]
    with pytest.raises(sa.exc.IntegrityError), fresh.begin() as connection:
        Directions(connection, discard=print).add_many([direction(old, kind="hunch")])


def test_trainings_from_before_have_no_choices_and_can_be_given_some(fresh: Database) -> None:
    with fresh.migrating() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0017")
        told = {"id": "1" * 32, "at": "2026-01-01 00:00:00+00:00"}
        columns = "id, kind, state, attempt, params, pins, priority, done, total, unit, phase, crashes, heartbeat"
        values = ":id, 'train', 'succeeded', 1, '{}', '{}', 0, 5, 5, 'step', '', 0, 0"
        statement = f"INSERT INTO jobs ({columns}, last_seq, created_at) VALUES ({values}, 0, :at)"  # noqa: S608
        connection.execute(sa.text(statement), told)
    upgrade(fresh)
    old = UUID("1" * 32)
    with fresh.begin() as connection:
        moments = Moments(connection)
        assert (moments.count(old), moments.tally(old), moments.at(old, 0)) == (0, {}, None)
        moments.add(choice(old, 0, chosen="neither"))
        assert moments.count(old) == 1
    with pytest.raises(Conflict), fresh.begin() as connection:
        Moments(connection).add(choice(UUID("2" * 32), 0))
    with fresh.begin() as connection:  # choices go with their job
        connection.execute(sa.delete(t.jobs))
        assert Moments(connection).count(old) == 0


def test_directions_from_before_stay_and_others_are_learnt_from_facts(fresh: Database) -> None:
    with fresh.migrating() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0017")
        told = {"id": "1" * 32, "hash": "0" * 64, "at": "2026-01-01 00:00:00+00:00", "no": False}
        columns = "id, name, bundled, kept, resolution, facts, licence, terms, hash, files, size_bytes, created_at"
        values = ":id, 'Old', :no, :no, 64, '{}', 'CC0-1.0', '', :hash, '{}', 1, :at"
        connection.execute(sa.text(f"INSERT INTO models ({columns}) VALUES ({values})"), told)  # noqa: S608
        columns = "id, model_id, kind, position, name, layers, deviation, share, key, created_at"
        values = ":id, :id, 'sefa', 0, 'winter', '[0, 3]', 1.5, 0.25, 'directions/1', :at"
        connection.execute(sa.text(f"INSERT INTO directions ({columns}) VALUES ({values})"), told)  # noqa: S608
    upgrade(fresh)
    old = UUID("1" * 32)
    with fresh.begin() as connection:
        directions = Directions(connection, discard=print)
        learnt = direction(old, kind="album", position=2**31 - 1, name="As in By the sea")
        assert directions.add_many([learnt, direction(old, kind="year")]) == 2
        found = directions.of_model(old)
        assert [(one.kind, one.name) for one in found] == [
            ("sefa", "winter"),
            ("year", None),
            ("album", "As in By the sea"),
        ]
    with fresh.begin() as connection:  # and they still go with their model
        connection.execute(sa.text("DELETE FROM models"))
        assert Directions(connection, discard=print).of_model(old) == []


def test_a_database_of_a_newer_program_is_refused_and_left_alone(fresh: Database) -> None:
    upgrade(fresh)
    with fresh.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DataFolderError, match="newer Reverie") as refused:
        upgrade(fresh)
    assert "nothing was changed" in refused.value.remedy
    with fresh.read() as connection:
        assert connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar_one() == "9999"


def test_tags_from_before_have_a_table_and_samples_know_their_training(fresh: Database) -> None:
    with fresh.migrating() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0015")
        ids = {"model": "1" * 32, "job": "2" * 32, "one": "3" * 32, "two": "4" * 32, "at": "2026-01-01 00:00:00+00:00"}
        recipe = '{"model": "abc", "model_id": "x", "seed": 7, "truncation_psi": 1.0}'
        about = "position, recipe, width, height, average, blur, sha256, image_key, favourite, rating, tags, created_at"
        looks = "0, :recipe, 8, 8, '#808080', '', '', ''"
        for into, values in {
            "models (id, name, bundled, kept, job_id, step, resolution, facts, licence, terms, hash, files, size_bytes,"
            " created_at)": ":model, 'M', false, false, :job, 5, 64, '{}', '', '', 'abc', '{}', 1, :at",
            f"samples (id, model_id, {about})": f':one, :model, {looks}, true, 4, \'["Fog", "sea", "fog"]\', :at',
            f"samples (model_id, id, {about})": f":model, :two, {looks}, false, 0, '[\"FOG\"]', :at",
        }.items():
            told = ids | ({"recipe": recipe} if ":recipe" in values else {})
            connection.execute(sa.text(f"INSERT INTO {into} VALUES ({values})"), told)  # noqa: S608 - our own words
    upgrade(fresh)
    with fresh.read() as connection:
        tx = Tx(connection)
        found = tx.samples.page(Wanted(training_id=UUID("2" * 32), step=5, tag="foG", order="best")).items
        assert [(str(one.id)[0], one.tags, one.rating) for one in found] == [
            ("3", ["Fog", "sea"], 4),
            ("4", ["Fog"], 0),
        ]
        assert {tag.name: tag.samples for tag in tx.tags.page().items} == {"Fog": 2, "sea": 1}
        assert tx.samples.page(Wanted(tag="fog", favourite=True)).items == found[:1]
        assert tx.samples.drawn_from({"model": "abc", "seed": 7, "truncation_psi": 1}) == found[0]


def test_pins_from_before_are_found_among_what_jobs_drew(fresh: Database) -> None:
    with fresh.migrating() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0017")
        ids = {"model": "1" * 32, "job": "2" * 32, "one": "3" * 32, "two": "4" * 32, "at": "2026-01-01 00:00:00+00:00"}
        about = "position, recipe, width, height, average, blur, sha256, image_key, favourite, rating, created_at"
        looks = "0, '{}', 8, 8, '#808080', '', '', '', false, 0, :at"
        for into, values in {
            "models (id, name, bundled, kept, resolution, facts, licence, terms, hash, files, size_bytes,"
            " created_at)": ":model, 'M', false, false, 64, '{}', '', '', 'abc', '{}', 1, :at",
            f"samples (id, model_id, job_id, {about})": f":one, :model, :job, {looks}",
            f"samples (id, model_id, {about})": f":two, :model, {looks}",
        }.items():
            connection.execute(sa.text(f"INSERT INTO {into} VALUES ({values})"), ids)  # noqa: S608 - our own words
    upgrade(fresh)
    with fresh.read() as connection:
        found = Tx(connection).samples.page(Wanted(model_id=UUID("1" * 32), pinned=True)).items
    assert [str(one.id)[0] for one in found] == ["4"]


def test_processes_that_migrate_at_once_all_find_the_tables_made(fresh_database_url: str, tmp_path: Path) -> None:
    environment = {"REVERIE_DATABASE_URL": fresh_database_url, "REVERIE_DATA": str(tmp_path / "data")}
    command = [sys.executable, "-W", "error", "-m", "store", "sweep"]  # migrates first
    started = [
        subprocess.Popen(command, env=environment, cwd=Path(__file__).parents[2], stderr=subprocess.PIPE)
        for _ in range(3)
    ]
    ended = [process.communicate() for process in started]
    assert [process.returncode for process in started] == [0, 0, 0], ended
    database = Database(fresh_database_url)
    assert is_current(database)
    database.close()


def test_features_from_before_there_were_parts_are_of_another_version(fresh: Database) -> None:
    with fresh.migrating() as connection:
        (config := _config()).attributes["connection"] = connection
        command.upgrade(config, "0020")
        ids = {"id": "2" * 32, "at": "2026-01-01 00:00:00+00:00"}
        for into, values in {
            "datasets (id, name, framing, revision, labelled_by, created_at)": ":id, '', 'whole', 1, 'none', :at",
            "feature_files (id, dataset_id, key, size_bytes, created_at)": ":id, :id, 'features/1', 1300, :at",
        }.items():
            connection.execute(sa.text(f"INSERT INTO {into} VALUES ({values})"), ids)  # noqa: S608 - our own words
    upgrade(fresh)
    with fresh.read() as connection:
        assert [one.version for one in Features(connection, discard=print).files(UUID("2" * 32))] == [0]
