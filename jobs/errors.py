"""Everything that can be answered with a reason, as classes whose attributes are the facts.

    ReverieError
    ├── NotFound            a dataset, photo, model, job, sample or kind that is not there
    ├── Conflict            right in itself, but not now
    │   ├── StaleAttempt    the lease is lost: another attempt owns the job
    │   ├── KeyReused       an Idempotency-Key came again with another request
    │   ├── NotLooked       nobody has looked for likenesses in the archive
    │   ├── NotMapped       an archive has no map
    │   ├── NotEchoed       nobody has looked for echoes in a training
    │   ├── WrongState      the job is in no state that allows this
    │   └── DatasetBusy     the archive is still being read
    ├── Rejected            what was sent cannot be used
    │   ├── ArchiveRejected an archive, or the request that brings it
    │   ├── ModelRejected   a model file that is none, is spoiled or unsafe
    │   ├── TooFewPhotos    a dataset of fewer than 8 usable pictures
    │   └── BadParams       a field of a job's parameters
    ├── DiskFull            no room for what was asked
    ├── NotFetched          a file from elsewhere that does not come
    ├── Unavailable         the database does not answer
    │   └── WarmingUp       no renderer is there yet
    ├── Busy                too much is waiting already
    ├── DataFolderError     a data folder that is in use, of a newer format, or not ours
    └── JobFailed           what a job's run raises to end it with a reason of its own

`str(error)` says what was wrong and where; `remedy` what to do about it. Domain errors know no HTTP.
"""

from typing import Any, ClassVar


class ReverieError(Exception):
    """Something went wrong that can be told in plain words."""

    code: ClassVar[str] = "error"
    title: ClassVar[str] = "Something went wrong"

    def __init__(self, detail: str, *, remedy: str = "", **facts: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.remedy = remedy
        self.facts = facts

    def as_json(self) -> dict[str, Any]:
        """Give the error as a job's `error` column and a problem document hold it."""
        return {"code": self.code, "title": self.title, "detail": self.detail, "remedy": self.remedy, **self.facts}


class NotFound(ReverieError):
    """There is no such thing."""

    code = "not_found"
    title = "Not found"


class Conflict(ReverieError):
    """Right in itself, but not now."""

    code = "conflict"
    title = "Not possible now"


class StaleAttempt(Conflict):
    """Another attempt owns the job: whoever sees this stops at once."""

    code = "stale_attempt"
    title = "Another attempt owns this job"


class KeyReused(Conflict):
    """An Idempotency-Key came again with another request."""

    code = "key_reused"
    title = "This Idempotency-Key was used for another request"


class NotLooked(Conflict):
    """Nobody has looked for likenesses in the archive; `job` is what to post."""

    code = "not_looked"
    title = "Reverie has not looked yet"


class NotMapped(Conflict):
    """The archive has not been laid out as a map; `job` is what to post."""

    code = "not_mapped"
    title = "There is no map yet"


class NotEchoed(Conflict):
    """Nobody has looked for what a training remembers; `job` is what to post."""

    code = "not_echoed"
    title = "Nobody has looked for echoes yet"


class WrongState(Conflict):
    """The job is in no state that allows this."""

    code = "wrong_state"
    title = "The job is in another state"


class DatasetBusy(Conflict):
    """The archive is still being read, not all of it has come in, or a job needs it."""

    code = "dataset_busy"
    title = "The archive is busy"


class Rejected(ReverieError):
    """What was sent cannot be used."""

    code = "rejected"
    title = "This cannot be used"


class ArchiveRejected(Rejected):
    """An archive that is none, is empty, broken or unsafe."""

    code = "archive_rejected"
    title = "The archive cannot be used"


class ModelRejected(Rejected):
    """A model file that is none, is of another network, spoiled or unsafe."""

    code = "model_rejected"
    title = "This model cannot be used"


class TooFewPhotos(Rejected):
    """A dataset of fewer usable pictures than a training needs."""

    code = "too_few_photos"
    title = "Too few photographs"


class BadParams(Rejected):
    """A field of a job's parameters that does not fit; `pointer` names it (RFC 6901, with a leading #)."""

    code = "bad_params"
    title = "A field does not fit"

    def __init__(self, detail: str, *, pointer: str, remedy: str = "", **facts: Any) -> None:
        super().__init__(detail, remedy=remedy, **facts)
        self.pointer = pointer


class DiskFull(ReverieError):
    """No room for what was asked; what was there before is untouched."""

    code = "disk_full"
    title = "The disk is full"


class NotFetched(ReverieError):
    """A file from elsewhere that does not come; what of it is here is kept."""

    code = "not_fetched"
    title = "The file could not be fetched"


class Unavailable(ReverieError):
    """Something that the service stands on does not answer; what was there before is untouched."""

    code = "unavailable"
    title = "Not available now"


class WarmingUp(Unavailable):
    """No renderer is there yet, or the one that was has ended: in seconds another one is."""

    code = "warming_up"
    title = "Warming up"


class Busy(ReverieError):
    """Too many pictures are waiting to be drawn; `retry_after_s` says when there will be room."""

    code = "busy"
    title = "Too much at once"

    def __init__(self, detail: str, *, retry_after_s: int, remedy: str = "", **facts: Any) -> None:
        super().__init__(detail, remedy=remedy, retry_after_s=retry_after_s, **facts)


class DataFolderError(ReverieError):
    """A data folder that is in use, of a newer format, or not Reverie's."""

    code = "data_folder"
    title = "The data folder cannot be used"


class JobFailed(ReverieError):
    """What a run raises to end its job with a reason of its own."""

    code = "job_failed"
    title = "The job failed"

    def __init__(self, detail: str, *, code: str, remedy: str = "", **facts: Any) -> None:
        super().__init__(detail, remedy=remedy, **facts)
        self.reason = code

    def as_json(self) -> dict[str, Any]:
        """Give the error with the run's own code in place of the class's."""
        return {**super().as_json(), "code": self.reason}
