"""Which letters are in which state, by plain SQL: a run asks often, and opens nothing for it."""

from sqlalchemy import bindparam, create_engine, text

from service.workflow.states import LetterState

_UNDER_WAY = ("received", "drafting", "approved")


def under_way(url: str) -> int:
    """How many letters wait for a worker or are with one."""
    return sum(count for state, count in states(url).items() if state in _UNDER_WAY)


def states(url: str) -> dict[str, int]:
    """How many letters are in each state, by plain SQL."""
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            rows = connection.execute(text("SELECT state, count(*) FROM letters GROUP BY state"))
            return {str(state): int(count) for state, count in rows}
    finally:
        engine.dispose()


def ids_in(url: str, *wanted: LetterState) -> list[str]:
    """The letters in these states, by plain SQL: no one who reads them pays for it."""
    query = text("SELECT letter_id FROM letters WHERE state IN :wanted")
    query = query.bindparams(bindparam("wanted", [one.value for one in wanted], expanding=True))
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            return [str(one) for one in connection.execute(query).scalars()]
    finally:
        engine.dispose()
