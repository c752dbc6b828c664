"""Letters and identities are sealed: what was plaintext is sealed here, row by row."""

import base64
import json
from collections.abc import Iterable, Iterator

import sqlalchemy as sa
from alembic import op

from anonymizer.model import text_digest
from service.store.database import keys_of
from service.vault.keyring import KeyRing, Purpose, WrappedKey
from service.vault.sealing import DataKey, Place, Sealed

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

#: Sealed under the letter's key: table, its primary key, text columns, columns of bytes.
_OF_LETTERS = (
    (
        "letters",
        ("letter_id",),
        ("text", "circumstances", "summary", "cover_number", "allocation_reason", "state_reason"),
        ("content",),
    ),
    ("earlier_texts", ("letter_id", "number"), ("text",), ()),
    ("readings", ("letter_id",), ("content",), ()),
    ("page_images", ("letter_id", "number"), (), ("content",)),
    ("outgoing_pictures", ("letter_id", "number"), ("words",), ("content",)),
    ("drafts", ("letter_id", "number"), ("content",), ()),
    ("proofs", ("letter_id",), ("content",), ()),
    ("corrections", ("letter_id", "number"), ("content",), ()),
    ("approvals", ("approval_id",), ("text",), ()),
    ("notices", ("notice_id",), ("text",), ()),
)
#: Sealed under the case's key.
_OF_CASES = (
    (
        "cases",
        ("case_id",),
        (
            *("donor_number", "patient_reference", "known_donor", "known_patient"),
            *("donation_dates", "transplant_dates", "infusion_dates", "pathway"),
        ),
        (),
    ),
    ("approvals", ("approval_id",), ("donor_number",), ()),
    ("contact_releases", ("release_id",), ("reason",), ()),
)
#: Columns whose declared length is too short for what is sealed: an own column takes over.
_TOO_SHORT = (("letters", "cover_number", True), ("approvals", "donor_number", False))


def upgrade() -> None:
    _new_tables()
    _widen()
    op.add_column("drafts", sa.Column("routing", sa.Text(), nullable=True))
    _cases_with_codes()
    bind = op.get_bind()
    if _has_rows(bind):
        _Seals(bind, keys_of(bind)).seal_all()


def downgrade() -> None:
    bind = op.get_bind()
    if _has_rows(bind):
        _Seals(bind, keys_of(bind)).open_all()
    _cases_without_codes()
    op.drop_column("drafts", "routing")
    _narrow()
    op.drop_table("master_keys")
    op.drop_table("data_keys")


def _new_tables() -> None:
    op.create_table(
        "data_keys",
        sa.Column("owner", sa.String(length=80), nullable=False),
        sa.Column("purpose", sa.String(length=10), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("master_id", sa.String(length=32), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=True),
        sa.Column("destroyed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("owner", name=op.f("pk_data_keys")),
    )
    op.create_index("ix_data_keys_purpose", "data_keys", ["purpose", "master_id"])
    op.create_table(
        "master_keys",
        sa.Column("purpose", sa.String(length=10), nullable=False),
        sa.Column("master_id", sa.String(length=32), nullable=False),
        sa.Column("check_value", sa.String(length=32), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("purpose", "master_id", name=op.f("pk_master_keys")),
    )


def _widen() -> None:
    for table, column, optional in _TOO_SHORT:
        op.alter_column(table, column, new_column_name=f"{column}_before")
        _add_text(table, column, optional=optional)
        op.execute(f"UPDATE {table} SET {column} = {column}_before")  # noqa: S608 - our names
        op.drop_column(table, f"{column}_before")


def _narrow() -> None:
    lengths = {"letters": 200, "approvals": 64}
    for table, column, optional in _TOO_SHORT:
        op.alter_column(table, column, new_column_name=f"{column}_before")
        kind = sa.String(length=lengths[table])
        default = None if optional else ""
        op.add_column(table, sa.Column(column, kind, nullable=optional, server_default=default))
        op.execute(f"UPDATE {table} SET {column} = {column}_before")  # noqa: S608 - our names
        op.drop_column(table, f"{column}_before")


def _cases_with_codes() -> None:
    # the columns with the unique constraint and the index keep them, and hold codes from now on
    for column, optional in (("donor_number", False), ("patient_reference", True)):
        op.alter_column("cases", column, new_column_name=f"{column}_code")
        _add_text("cases", column, optional=optional)
        op.execute(f"UPDATE cases SET {column} = {column}_code")  # noqa: S608 - our names


def _cases_without_codes() -> None:
    for column in ("donor_number", "patient_reference"):
        op.execute(f"UPDATE cases SET {column}_code = {column}")  # noqa: S608 - our names
        op.drop_column("cases", column)
        op.alter_column("cases", f"{column}_code", new_column_name=column)


def _add_text(table: str, column: str, *, optional: bool) -> None:
    default = None if optional else ""
    op.add_column(table, sa.Column(column, sa.Text(), nullable=optional, server_default=default))


def _has_rows(bind: sa.Connection) -> bool:
    return any(
        bind.execute(sa.text(f"SELECT 1 FROM {name} LIMIT 1")).first()  # noqa: S608 - our names
        for name in ("letters", "cases")
    )


#: Table, primary key, columns of text, columns of bytes.
_Sealed = tuple[str, tuple[str, ...], tuple[str, ...], tuple[str, ...]]


class _Seals:
    """Every row in its turn, so that no more than one letter is in memory."""

    def __init__(self, bind: sa.Connection, ring: KeyRing) -> None:
        self._bind = bind
        self._ring = ring
        self._keys: dict[str, DataKey | None] = {}

    def seal_all(self) -> None:
        self._codes()
        for record in self._records(_OF_LETTERS):
            key = self._new_key(f"letter/{record.letter_id}")
            record.write({name: record.sealed(key, name) for name in record.columns})
            if record.table == "drafts":
                self._seal_routing(record)
        for record in self._records(_OF_CASES):
            key = self._new_key(f"case/{record.case_id}")
            record.write({name: record.sealed(key, name) for name in record.columns})

    def open_all(self) -> None:
        for record in self._records(_OF_LETTERS):
            key = self._stored_key(f"letter/{record.letter_id}")
            if record.table == "drafts":
                self._open_routing(record, key)
                continue
            record.write({name: record.opened(key, name) for name in record.columns})
        for record in self._records(_OF_CASES):
            key = self._stored_key(f"case/{record.case_id}")
            record.write({name: record.opened(key, name) for name in record.columns})
        self._digests()

    def _codes(self) -> None:
        for table, keys, column, target, purpose in (
            ("cases", ("case_id",), "donor_number", "donor_number_code", Purpose.NUMBERS),
            ("cases", ("case_id",), "patient_reference", "patient_reference_code", Purpose.NUMBERS),
            ("letters", ("letter_id",), "text_digest", "text_digest", Purpose.TEXTS),
            (
                "answered_requests",
                ("client", "idempotency_key"),
                "payload_digest",
                "payload_digest",
                Purpose.TEXTS,
            ),
        ):
            for record in self._records(((table, keys, (column,), ()),)):
                value = record.values[column]
                if value is not None:
                    code = self._ring.code(purpose, f"{table}.{column}", value)
                    record.write({target: code})

    def _digests(self) -> None:
        # of a request only the code is left; asked again, it counts as another one
        for record in self._records((("letters", ("letter_id",), ("text",), ()),)):
            text = record.values["text"]
            record.write({"text_digest": None if text is None else text_digest(text)})

    def _seal_routing(self, record: "_Record") -> None:
        draft = json.loads(record.values["content"])
        routing = draft.pop("routing", None)
        if routing is None:
            return
        known = self._new_key(f"known/{record.letter_id}")
        key = self._new_key(f"letter/{record.letter_id}")
        draft["routing"] = None
        content = json.dumps(draft, ensure_ascii=False, separators=(",", ":"))
        told = json.dumps(routing, ensure_ascii=False, separators=(",", ":"))
        record.write(
            {
                "content": record.seal_text(key, "content", content),
                "routing": record.seal_text(known, "routing", told),
            }
        )

    def _open_routing(self, record: "_Record", key: DataKey | None) -> None:
        query = sa.text(f"SELECT routing FROM drafts WHERE {record.where}")  # noqa: S608 - our names
        sealed = self._bind.execute(query, record.key).scalar_one()
        content = record.opened(key, "content")
        known = self._stored_key(f"known/{record.letter_id}") if sealed is not None else None
        if known is not None and content:
            draft = json.loads(content)
            draft["routing"] = json.loads(record.open_text(known, "routing", sealed))
            content = json.dumps(draft, ensure_ascii=False, separators=(",", ":"))
        record.write({"content": content})

    def _records(self, tables: Iterable[_Sealed]) -> Iterator["_Record"]:
        for table, keys, texts, blobs in tables:
            names = ", ".join(keys)
            ids = self._bind.execute(sa.text(f"SELECT {names} FROM {table}")).all()  # noqa: S608 - our names
            for one in ids:
                yield _Record(self._bind, table, dict(zip(keys, one, strict=True)), texts, blobs)

    def _new_key(self, owner: str) -> DataKey:
        if owner not in self._keys:
            purpose = Purpose.LETTERS if owner.startswith("letter/") else Purpose.IDENTITY
            stored, self._keys[owner] = self._ring.new_data_key(purpose, owner)
            self._bind.execute(
                sa.text(
                    "INSERT INTO data_keys (owner, purpose, generation, master_id, wrapped) "
                    "VALUES (:owner, :purpose, 1, :master, :wrapped)"
                ),
                {
                    "owner": owner,
                    "purpose": purpose.value,
                    "master": stored.master_id,
                    "wrapped": stored.wrapped.data,
                },
            )
        key = self._keys[owner]
        if key is None:
            message = "a key was made twice"
            raise RuntimeError(message)
        return key

    def _stored_key(self, owner: str) -> DataKey | None:
        if owner not in self._keys:
            query = sa.text("SELECT * FROM data_keys WHERE owner = :owner")
            row = self._bind.execute(query, {"owner": owner}).one_or_none()
            self._keys[owner] = None
            if row is not None and row.wrapped is not None:
                self._keys[owner] = self._ring.unwrap(
                    WrappedKey(
                        owner=row.owner,
                        generation=row.generation,
                        purpose=Purpose(row.purpose),
                        master_id=row.master_id,
                        wrapped=Sealed(bytes(row.wrapped)),
                    )
                )
        return self._keys[owner]


class _Record:
    """One row: what is to be sealed or opened in it."""

    def __init__(
        self,
        bind: sa.Connection,
        table: str,
        key: dict[str, object],
        texts: tuple[str, ...],
        blobs: tuple[str, ...],
    ) -> None:
        self._bind = bind
        self._blobs = blobs
        self.table = table
        self.key = key
        self.columns = (*texts, *blobs)
        self.where = " AND ".join(f"{name} = :{name}" for name in key)
        self.record = "/".join(str(value) for value in key.values())
        query = sa.text(f"SELECT * FROM {table} WHERE {self.where}")  # noqa: S608 - our names
        self.values = dict(bind.execute(query, key).mappings().one())

    @property
    def letter_id(self) -> str:
        return str(self.values["letter_id"])

    @property
    def case_id(self) -> str:
        return str(self.values["case_id"])

    def sealed(self, key: DataKey, name: str) -> str | bytes | None:
        value = self.values[name]
        if value is None:
            return None
        if name in self._blobs:
            return key.seal(self._place(name), bytes(value)).data
        return self.seal_text(key, name, value)

    def opened(self, key: DataKey | None, name: str) -> str | bytes | None:
        value = self.values[name]
        if value is None:
            return None
        if name in self._blobs:
            return b"" if key is None else key.open(self._place(name), Sealed(bytes(value)))
        return "" if key is None else self.open_text(key, name, value)

    def seal_text(self, key: DataKey, name: str, text: str) -> str:
        sealed = key.seal(self._place(name), text.encode("utf-8", "surrogatepass"))
        return base64.b64encode(sealed.data).decode("ascii")

    def open_text(self, key: DataKey, name: str, value: str) -> str:
        opened = key.open(self._place(name), Sealed(base64.b64decode(value)))
        return opened.decode("utf-8", "surrogatepass")

    def write(self, changes: dict[str, object]) -> None:
        names = ", ".join(f"{name} = :new_{name}" for name in changes)
        values = {f"new_{name}": value for name, value in changes.items()}
        statement = sa.text(f"UPDATE {self.table} SET {names} WHERE {self.where}")  # noqa: S608 - our names
        self._bind.execute(statement, {**values, **self.key})

    def _place(self, column: str) -> Place:
        return Place(table=self.table, column=column, record=self.record)
