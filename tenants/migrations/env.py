"""Runs the migrations on the connection that `Metadata.migrate` hands over."""

from alembic import context

from tenants.all_tables import ALL_TABLES

context.configure(connection=context.config.attributes["connection"], target_metadata=ALL_TABLES, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
