"""The measure of a large upload, at a small size: a standard client of tus, and a server killed in the middle."""

from bench.uploading import sending


def test_an_upload_goes_on_by_itself_when_the_server_is_killed_and_started_again() -> None:
    *_, last = sending(mb=24, rounds=1)
    assert "the upload went on by itself and ended with equal bytes" in last
