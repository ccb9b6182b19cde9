"""Where a product's garment is in its picture, how certain that is, and who said so.

Garments that were prepared before are prepared once more, for it to be known of them too.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("products", sa.Column("cut_out", sa.Text(), nullable=True))
    op.add_column("products", sa.Column("cut_from", sa.Integer(), nullable=True))
    op.add_column("products", sa.Column("by_hand", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("products", sa.Column("certainty", sa.Double(), nullable=True))
    op.execute(
        "INSERT INTO jobs (kind, subject, priority, attempts, lease_until) "
        "SELECT 'garment', CAST(id AS TEXT), 0, 0, 0 FROM products WHERE garment = 'ready' "
        "AND NOT EXISTS (SELECT 1 FROM jobs WHERE kind = 'garment' AND subject = CAST(products.id AS TEXT))"
    )
