"""A date is the camera's, else the export's, else the name's; never one that no photograph can have."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinds.ingest.dates import dated, of_iso, of_name, of_timestamp, plausible


@pytest.mark.parametrize(
    ("name", "moment"),
    [
        ("IMG_20190704_153012.jpg", "2019-07-04T15:30:12"),
        ("IMG_20190704_153012_1.jpg", "2019-07-04T15:30:12"),
        ("IMG_20190704_153012123.jpg", "2019-07-04T15:30:12"),
        ("PXL_20210102_030405678.MP.jpg", "2021-01-02T03:04:05"),
        ("20190704_153012.jpg", "2019-07-04T15:30:12"),
        ("20190704153012.jpg", "2019-07-04T15:30:12"),
        ("2019-07-04 15.30.12.jpg", "2019-07-04T15:30:12"),
        ("2019-07-04 15.30.12-1.jpg", "2019-07-04T15:30:12"),
        ("Screenshot 2019-07-04 at 15.30.12.png", "2019-07-04T15:30:12"),
        ("Screenshot_20190704-153012_Maps.png", "2019-07-04T15:30:12"),
        ("WhatsApp Image 2019-07-04 at 15.30.12 (1).jpeg", "2019-07-04T15:30:12"),
        ("signal-2019-07-04-153012.jpg", "2019-07-04T15:30:12"),
        ("IMG-20190704-WA0001.jpg", "2019-07-04T12:00:00"),
        ("a/b/1931-05-20 Grandmother.tif", "1931-05-20T12:00:00"),
        ("2019_07_04.jpg", "2019-07-04T12:00:00"),
        ("18400229.jpg", "1840-02-29T12:00:00"),
    ],
)
def test_names_of_cameras_and_programs_are_read(name: str, moment: str) -> None:
    found = of_name(name)
    assert found is not None
    assert found.isoformat() == f"{moment}+00:00"


@pytest.mark.parametrize(
    "name",
    [
        "DSC_0001.jpg",
        "IMG_20190231_120000.jpg",  # no such day
        "18250101.jpg",  # before there were photographs
        "20991231_120000.jpg",  # to come
        "120190704.jpg",  # digits of a longer number
        "201907041.jpg",
        "2019-07.04.jpg",
        "20190704/plain.jpg",  # a folder's
        "IMG_20191304.jpg",
        "١٩٩٩-٠٧-٠٤.jpg",
        "",
        "1" * 5000,
    ],
)
def test_names_without_a_plausible_date_give_none(name: str) -> None:
    assert of_name(name) is None


def test_a_later_date_of_a_name_is_taken_where_the_first_is_none() -> None:
    assert of_name("20991231 scan of 1974-08-01.jpg") == datetime(1974, 8, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [None, "", "soon", "1e9", "0", 0, 0.0, True, [], {}, float("nan"), float("inf"), 10**400, "9" * 5000, -(10**15)],
)
def test_what_is_no_time_gives_none(value: object) -> None:
    assert of_timestamp(value) is None


def test_seconds_are_read_as_numbers_and_as_digits() -> None:
    day = datetime(2019, 7, 4, 15, 30, 12, tzinfo=UTC)
    assert of_timestamp(1562254212) == of_timestamp("1562254212") == of_timestamp(1562254212.0) == day
    assert of_timestamp("-1000000000") == datetime(1938, 4, 24, 22, 13, 20, tzinfo=UTC)


@given(st.one_of(st.integers(), st.floats(), st.text(), st.none(), st.booleans()))
def test_any_value_is_a_moment_or_none(value: object) -> None:
    for read in (of_timestamp, of_iso):
        moment = read(value)
        assert moment is None or (moment.tzinfo is not None and plausible(moment) in (True, False))


@given(st.text(max_size=60))
def test_any_name_is_read_or_not(name: str) -> None:
    moment = of_name(name)
    assert moment is None or plausible(moment)


def test_the_camera_comes_before_the_export_and_the_export_before_the_name() -> None:
    export = datetime(2018, 1, 1, tzinfo=UTC)
    camera, name = "2019-07-04T15:30:12+02:00", "IMG_20170101_000000.jpg"
    assert dated(camera, export=export, names=[name]) == {"taken_at": camera, "dated_by": "camera"}
    assert dated(None, export=export, names=[name]) == {"taken_at": export.isoformat(), "dated_by": "export"}
    assert dated(None, export=None, names=["x", name])["dated_by"] == "name"
    assert dated(None, export=None, names=["x"]) == {"taken_at": None, "dated_by": None}


def test_a_clock_that_cannot_be_right_is_passed_over() -> None:
    soon = datetime.now(UTC) + timedelta(days=3)
    for camera in (
        "0001-01-01T00:00:00+02:00",
        "1800-01-01T00:00:00+00:00",
        soon.isoformat(),
        "9999-12-31T23:59:59-12:00",
    ):
        assert dated(camera, export=None, names=["20190704.jpg"])["dated_by"] == "name"
    assert dated(None, export=soon, names=[]) == {"taken_at": None, "dated_by": None}
