"""The state machine, as data."""

from jobs.state import ENDED, MOVES, State, sources


def test_every_state_has_its_moves() -> None:
    assert set(MOVES) == set(State)
    assert all(targets <= set(State) for targets in MOVES.values())


def test_what_has_ended_stays_so_unless_a_failure_is_retried() -> None:
    assert {state: MOVES[state] for state in ENDED} == {
        State.SUCCEEDED: frozenset(),
        State.CANCELLED: frozenset(),
        State.FAILED: frozenset({State.QUEUED}),
    }


def test_every_state_is_reached_from_the_queue() -> None:
    reached = {State.QUEUED}
    while more := {to for state in reached for to in MOVES[state]} - reached:
        reached |= more
    assert reached == set(State)


def test_sources_are_the_moves_seen_from_the_other_end() -> None:
    assert {(state, to) for to in State for state in sources(to)} == {
        (state, to) for state in State for to in MOVES[state]
    }


def test_only_the_queue_leads_to_running() -> None:
    assert sources(State.RUNNING) == {State.QUEUED}
