"""Steps that were undone can be made again, and every person has keys of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "corrections",
        sa.Column("redoable", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.create_table(
        "shortcuts",
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("bindings", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.person_id"], name=op.f("fk_shortcuts_person_id_people")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_shortcuts")),
    )


def downgrade() -> None:
    op.drop_table("shortcuts")
    op.drop_column("corrections", "redoable")
