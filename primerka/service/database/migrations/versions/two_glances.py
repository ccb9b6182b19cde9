"""Certainty is measured otherwise: garments that are ready are prepared once more, for it to be known of them."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.execute("UPDATE products SET certainty = NULL WHERE garment = 'ready' AND NOT by_hand")
    op.execute(
        "INSERT INTO jobs (kind, subject, priority, attempts, lease_until) "
        "SELECT 'garment', CAST(id AS TEXT), 0, 0, 0 FROM products WHERE garment = 'ready' AND NOT by_hand "
        "AND NOT EXISTS (SELECT 1 FROM jobs WHERE kind = 'garment' AND subject = CAST(products.id AS TEXT))"
    )
