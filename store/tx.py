"""One open transaction, and the repositories that work in it. They never commit; `Store.begin` does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property, partial
from uuid import UUID

import sqlalchemy as sa

from store.albums import Albums
from store.archives import Archives
from store.artifacts import Artifacts
from store.datasets import Datasets
from store.directions import Directions
from store.echoes import Echoes
from store.enlargements import Enlargements
from store.events import Events
from store.features import Features
from store.gathered import Gathered
from store.idempotency import Keys
from store.jobs import Jobs
from store.journeys import KIND as JOURNEY
from store.journeys import PART, Journeys
from store.labels import Labels
from store.maps import Maps
from store.model_files import ModelFiles
from store.models import Models
from store.moments import Moments
from store.moved import Moved
from store.packs import Packs
from store.photos import Photos
from store.resume_points import ResumePoints
from store.rows import Job
from store.samples import Samples
from store.searches import KIND as SEARCH
from store.searches import Searches
from store.sightings import Sightings
from store.soundtracks import Soundtracks
from store.tags import Tags
from store.tracing import Tracing
from store.uploads import Uploads
from store.videos import Videos
from store.views import Views
from store.workers import Workers


class Tx:
    """A transaction. What it promises to others happens after the commit, and not at all if there is none."""

    def __init__(self, connection: sa.Connection) -> None:
        self.connection = connection
        self.rung: list[UUID] = []
        self.discarded: list[str] = []
        self._after: list[Callable[[], None]] = []

    def after_commit(self, call: Callable[[], None]) -> None:
        """Call this once the transaction is committed; it must be quick and raise nothing."""
        self._after.append(call)

    def ring(self, job_id: UUID) -> None:
        """Announce a queued job to the workers after the commit."""
        self.rung.append(job_id)

    def discard(self, *keys: str | None) -> None:
        """Delete objects after the commit; what a crash leaves is swept later."""
        self.discarded += [key for key in keys if key]

    def committed(self) -> None:
        """Do what was promised for after the commit."""
        for call in self._after:
            call()

    @cached_property
    def datasets(self) -> Datasets:
        """The datasets."""
        return Datasets(self.connection, gone=self._pictures_gone)

    @cached_property
    def archives(self) -> Archives:
        """The archives."""
        return Archives(self.connection)

    @cached_property
    def photos(self) -> Photos:
        """The photos."""
        return Photos(self.connection, datasets=self.datasets, discard=self.discard, forget=self._forget)

    @cached_property
    def moved(self) -> Moved:
        """The photos that have left their dataset."""
        return Moved(self.connection, datasets=self.datasets, discard=self.discard, forget=self._forget_looks)

    @cached_property
    def features(self) -> Features:
        """What a look at the photos has found."""
        return Features(self.connection, discard=self.discard)

    @cached_property
    def maps(self) -> Maps:
        """The maps of datasets."""
        return Maps(self.connection, discard=self.discard)

    @cached_property
    def echoes(self) -> Echoes:
        """What moments of trainings remember."""
        return Echoes(self.connection, discard=self.discard)

    @cached_property
    def enlargements(self) -> Enlargements:
        """The pictures that were made larger, and what enlarges."""
        return Enlargements(self.connection, discard=self.discard, drop_point=self.resume_points.drop)

    @cached_property
    def gathered(self) -> Gathered:
        """The photos that are to come into a dataset from others."""
        return Gathered(self.connection, discard=self.discard)

    @cached_property
    def views(self) -> Views:
        """The views."""
        return Views(self.connection)

    @cached_property
    def labels(self) -> Labels:
        """The labels of photos."""
        return Labels(self.connection)

    @cached_property
    def sightings(self) -> Sightings:
        """The trainings that have looked at a photo."""
        return Sightings(self.connection)

    @cached_property
    def events(self) -> Events:
        """The events."""
        return Events(self.connection)

    @cached_property
    def jobs(self) -> Jobs:
        """The jobs, and their attempts."""
        return Jobs(self.connection, events=self.events, ring=self.ring, done=self._done)

    @cached_property
    def models(self) -> Models:
        """The models."""
        return Models(self.connection, jobs=self.jobs, discard=self.discard)

    @cached_property
    def moments(self) -> Moments:
        """The choices between moments of trainings."""
        return Moments(self.connection)

    @cached_property
    def directions(self) -> Directions:
        """What was found in the models' spaces."""
        return Directions(self.connection, discard=self.discard)

    @cached_property
    def model_files(self) -> ModelFiles:
        """The model files that were brought."""
        return ModelFiles(self.connection, discard=self.discard)

    @cached_property
    def uploads(self) -> Uploads:
        """The files that come in pieces."""
        return Uploads(self.connection)

    @cached_property
    def samples(self) -> Samples:
        """The samples."""
        gone = self._pictures_gone
        return Samples(self.connection, jobs=self.jobs, tags=self.tags, discard=self.discard, gone=gone)

    @cached_property
    def tags(self) -> Tags:
        """The tags of samples."""
        return Tags(self.connection)

    @cached_property
    def tracing(self) -> Tracing:
        """How near samples are to photographs."""
        return Tracing(self.connection)

    @cached_property
    def albums(self) -> Albums:
        """The albums of samples."""
        return Albums(self.connection, hold=self.samples.hold)

    @cached_property
    def packs(self) -> Packs:
        """The heirloom packs."""
        return Packs(self.connection, videos=self.videos, discard=self.discard)

    @cached_property
    def artifacts(self) -> Artifacts:
        """The artifacts."""
        return Artifacts(self.connection, jobs=self.jobs, discard=self.discard)

    @cached_property
    def searches(self) -> Searches:
        """What was looked for in the models' spaces."""
        return Searches(self.connection, samples=self.samples, artifacts=self.artifacts)

    @cached_property
    def journeys(self) -> Journeys:
        """The journeys."""
        drop = partial(self.artifacts.drop, type=PART)
        return Journeys(self.connection, jobs=self.jobs, events=self.events, drop_parts=drop)

    @cached_property
    def videos(self) -> Videos:
        """The films that were made of journeys."""
        return Videos(self.connection, jobs=self.jobs, discard=self.discard)

    @cached_property
    def resume_points(self) -> ResumePoints:
        """The resume points."""
        return ResumePoints(self.connection, jobs=self.jobs, discard=self.discard)

    @cached_property
    def soundtracks(self) -> Soundtracks:
        """The music that was brought or composed."""
        return Soundtracks(self.connection, jobs=self.jobs, discard=self.discard)

    @cached_property
    def workers(self) -> Workers:
        """The workers and renderers."""
        return Workers(self.connection)

    @cached_property
    def keys(self) -> Keys:
        """The idempotency keys."""
        return Keys(self.connection)

    def _done(self, job: Job) -> None:
        if job.kind == SEARCH:
            self.searches.ended(job.id)
        if job.kind == JOURNEY:
            self.artifacts.drop(job.id, PART)

    def _pictures_gone(self) -> None:
        self.enlargements.let_go_of_points()

    def _forget_looks(self, photo_ids: Sequence[UUID]) -> None:
        self.features.forget(photo_ids)
        self.tracing.forget(photo_ids)

    def _forget(self, photo_ids: Sequence[UUID]) -> None:
        self._forget_looks(photo_ids)
        self.searches.forget(photo_ids)
        self.journeys.forget(photo_ids)
        self.videos.forget(photo_ids)
        self.packs.forget(photo_ids)
        self.enlargements.forget(photo_ids)
