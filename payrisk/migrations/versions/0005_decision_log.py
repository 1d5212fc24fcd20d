"""The decision log: every account of every published evening, what was decided about it, and how likely that was.

Rows are added and never changed: the database itself refuses.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "decision_log",
        sa.Column("decision_id", sa.Text, primary_key=True),
        _text("run_id"),
        sa.Column("as_of", sa.Date, nullable=False),
        _text("team"),
        _text("account_id"),
        sa.Column("item_ids", sa.JSON, nullable=False),
        sa.Column("callable_minor", sa.BigInteger, nullable=True),
        _text("currency"),
        _text("policy_name"),
        _text("policy_version"),
        sa.Column("model_version", sa.Text, nullable=True),
        _text("feature_snapshot_hash"),
        _text("response_prior_version"),
        _number_or_none("score"),
        sa.Column("rank", sa.Integer, nullable=True),
        _number_or_none("gain_now"),
        _number_or_none("gain_wait"),
        sa.Column("components", sa.JSON, nullable=False),
        _text("rule"),
        _text("standing"),
        sa.Column("eligible", sa.Boolean, nullable=False),
        _text("exclusion_reason"),
        sa.Column("pi", sa.Float, nullable=False),
        _text("design"),
        _text("stratum"),
        _text("seed_id"),
        sa.Column("eps", sa.Float, nullable=False),
        sa.Column("k", sa.Integer, nullable=False),
        _text("action_planned"),
        _text("collector"),
    )
    op.create_index("decision_log_by_evening", "decision_log", ["as_of", "run_id"])
    op.create_index("decision_log_by_run", "decision_log", ["run_id"])
    for statement in _REFUSALS[op.get_context().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only")


_SAID = "decision_log is append-only: what was decided is never changed afterwards"
_ABORT = f"BEGIN SELECT RAISE(ABORT, '{_SAID}'); END"

_REFUSALS = {
    "sqlite": (
        f"CREATE TRIGGER decision_log_no_update BEFORE UPDATE ON decision_log {_ABORT}",
        f"CREATE TRIGGER decision_log_no_delete BEFORE DELETE ON decision_log {_ABORT}",
        # INSERT OR REPLACE deletes without asking the trigger above.
        "CREATE TRIGGER decision_log_no_replace BEFORE INSERT ON decision_log"
        " WHEN EXISTS (SELECT 1 FROM decision_log WHERE decision_id = NEW.decision_id)"
        f" {_ABORT}",
    ),
    "postgresql": (
        # A restore drops the table and leaves the function.
        "CREATE OR REPLACE FUNCTION decision_log_refuses() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN RAISE EXCEPTION '{_SAID}'; END $$",
        "CREATE TRIGGER decision_log_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON decision_log"
        " FOR EACH STATEMENT EXECUTE FUNCTION decision_log_refuses()",
    ),
}


def _text(name: str) -> "sa.Column[str]":
    return sa.Column(name, sa.Text, nullable=False)


def _number_or_none(name: str) -> "sa.Column[float]":
    return sa.Column(name, sa.Float, nullable=True)
