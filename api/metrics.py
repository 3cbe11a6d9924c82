"""Figures for Prometheus, read from the truth at the moment of asking."""

from __future__ import annotations

from collections.abc import Iterator

from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from api.version import VERSION
from jobs.state import State
from kinds.registry import KINDS
from store.store import Store


class Figures(Collector):
    """What the database and the disk say now."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def collect(self) -> Iterator[Metric]:
        """Read jobs by state, live workers and renderers, and free room."""
        with self._store.read() as tx:
            counts = tx.jobs.counts()
            workers = tx.workers.seen(within_s=self._store.settings.lease_s, role="worker")
            renderers = tx.workers.seen(within_s=self._store.settings.lease_s, role="renderer")
        jobs = GaugeMetricFamily("reverie_jobs", "Jobs by kind and state.", labels=["kind", "state"])
        for kind in KINDS:
            for state in State:
                jobs.add_metric([kind, state.value], counts.get((kind, state), 0))
        yield jobs
        yield GaugeMetricFamily("reverie_workers", "Workers seen lately.", value=len(workers))
        yield GaugeMetricFamily("reverie_renderers", "Renderers seen lately.", value=len(renderers))
        waiting = sum(int(renderer.facts.get("waiting", 0)) for renderer in renderers)
        yield GaugeMetricFamily("reverie_pictures_waiting", "Pictures that renderers are to draw.", value=waiting)
        free_bytes = self._store.objects.free_bytes()
        if free_bytes is not None:
            yield GaugeMetricFamily("reverie_objects_free_bytes", "Free room of the object store.", value=free_bytes)
        version = GaugeMetricFamily("reverie_info", "The version that runs.", labels=["version"])
        version.add_metric([VERSION], 1)
        yield version


def exposition(store: Store) -> Response:
    """Write the figures in the text format of Prometheus."""
    registry = CollectorRegistry()
    registry.register(Figures(store))
    ProcessCollector(registry=registry)
    return Response(generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})
