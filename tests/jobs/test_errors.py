"""Errors: facts, a reason, and what to do."""

from collections.abc import Iterator

from jobs import errors
from jobs.errors import BadParams, JobFailed, ReverieError, TooFewPhotos


def classes(of: type[ReverieError] = ReverieError) -> Iterator[type[ReverieError]]:
    yield of
    for below in of.__subclasses__():
        yield from classes(below)


def test_each_error_has_a_code_and_a_title_of_its_own() -> None:
    codes = [error.code for error in classes()]
    assert len(codes) == len(set(codes))
    assert all(error.title for error in classes())
    # Other parts have errors of their own, which are here once such a part is loaded.
    ours = [error.__name__ for error in classes() if error.__module__ == errors.__name__]
    assert [name for name in ours if name not in (errors.__doc__ or "")] == []


def test_an_error_tells_its_facts() -> None:
    error = TooFewPhotos("There are 5 usable pictures.", remedy="Add 3 more.", usable=5, needed=8)
    assert str(error) == "There are 5 usable pictures."
    assert error.as_json() == {
        "code": "too_few_photos",
        "title": "Too few photographs",
        "detail": "There are 5 usable pictures.",
        "remedy": "Add 3 more.",
        "usable": 5,
        "needed": 8,
    }
    assert BadParams("no", pointer="#/steps").pointer == "#/steps"


def test_a_failed_job_tells_the_code_of_its_run() -> None:
    assert JobFailed("The losses are not finite.", code="diverged").as_json()["code"] == "diverged"
