"""
Tables of what concerns the whole service and no letter: switches, daily work, copies for people.

No word of a letter or about a person stands here.
"""

from sqlalchemy import Column, Index, Integer, String, Table

from service.store.schema import UtcTime, metadata

#: What is done every day by one worker of all: who has it in hand, when it was last done.
chores = Table(
    "chores",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("worker_id", String(32)),
    Column("begun_at", UtcTime),
    Column("done_at", UtcTime),
    Column("count", Integer, nullable=False),
)

#: Copies of what is held about one side of a case, for that person: one asks, another one agrees.
subject_copies = Table(
    "subject_copies",
    metadata,
    Column("copy_id", String(32), primary_key=True),
    Column("case_id", String(64), nullable=False, index=True),
    Column("side", String(10), nullable=False),
    Column("proposed_at", UtcTime, nullable=False),
    Column("proposed_by", String(32), nullable=False),
    Column("confirmed_at", UtcTime),
    Column("confirmed_by", String(32)),
    Column("withdrawn_at", UtcTime),
    Column("withdrawn_by", String(32)),
)

#: What holds for the whole service while its row is there: the pause of dispatch.
switches = Table(
    "switches",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("since", UtcTime, nullable=False),
    Column("by", String(120), nullable=False),
    Column("reason", String(40), nullable=False),
)

#: What the trail is filtered by, each in the order of the trail; behind it what else a filter asks,
#: so that a count reads no event. The days are found by themselves too.
_EVENTS = metadata.tables["audit_events"].c
Index("ix_audit_events_actor", _EVENTS.actor, _EVENTS.seq, _EVENTS.at)
Index("ix_audit_events_action", _EVENTS.action, _EVENTS.seq, _EVENTS.at, _EVENTS.actor)
Index("ix_audit_events_at", _EVENTS.at)
