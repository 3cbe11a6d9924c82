"""Directions that are learnt from facts of photographs."""

from alembic import op

revision = "0020"
down_revision = "0017"
KINDS = "'sefa', 'ganspace', 'brightness', 'warmth', 'contrast', 'time_of_day', 'year', 'album', 'photo_light'"


def upgrade() -> None:
    """Let directions be of four kinds more."""
    with op.batch_alter_table("directions") as batch:
        batch.drop_constraint("ck_directions_kind", type_="check")
        batch.create_check_constraint("ck_directions_kind", f"kind IN ({KINDS})")
