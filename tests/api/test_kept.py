"""Answers that are kept: of one revision, and no more than a bound of them."""

from uuid import UUID

from api.kept import Kept

ONE, OTHER = UUID(int=1), UUID(int=2)


def test_a_revision_is_answered_with_its_own() -> None:
    kept = Kept()
    kept.put(ONE, "index", b"first", revision=1)
    kept.put(ONE, "ids", b"second", revision=1)
    assert kept.get(ONE, "index", revision=1) == b"first"
    assert kept.get(OTHER, "index", revision=1) is None
    assert kept.get(ONE, "index", revision=2) is None
    assert kept.get(ONE, "ids", revision=1) is None, "all of the revision before is forgotten"


def test_what_was_asked_for_longest_ago_makes_room() -> None:
    kept = Kept(most_bytes=10)
    for question in ("a", "b"):
        kept.put(ONE, question, b"12345", revision=1)
    kept.get(ONE, "a", revision=1)
    kept.put(OTHER, "c", b"12345", revision=1)
    assert kept.get(ONE, "b", revision=1) is None
    assert kept.get(ONE, "a", revision=1) == kept.get(OTHER, "c", revision=1) == b"12345"
    kept.put(ONE, "a", b"12345678901", revision=1)
    assert kept.get(ONE, "a", revision=1) is None, "larger than all that may be kept"
