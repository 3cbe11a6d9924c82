"""`-p tests.costs`: which files cost most processor time, at the end of a run.

To a file belongs what its tests used themselves and what the processes used that ended meanwhile. Servers that many
tests share end last, and belong to none.
"""

import resource
from collections import defaultdict
from collections.abc import Generator

import pytest

SHOWN = 40  # files
_KEY = "processor_s"
_began = 0.0
_costs: defaultdict[str, float] = defaultdict(float)


def used_s() -> float:
    """User and system time of this process and of those that it has waited for."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in both)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup() -> Generator[None, None, None]:
    global _began
    _began = used_s()
    return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, None, None]:
    try:
        return (yield)
    finally:
        item.user_properties.append((_KEY, used_s() - _began))  # comes to the first process with the report


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when == "teardown":
        file = report.nodeid.partition("::")[0]
        for name, value in report.user_properties:
            if name == _KEY and isinstance(value, float):
                _costs[file] += value


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.section(f"processor time: {sum(_costs.values()):,.0f} s in tests; most in")
    for file, cost in sorted(_costs.items(), key=lambda one: -one[1])[:SHOWN]:
        terminalreporter.line(f"{cost:8.1f} s  {file}")
