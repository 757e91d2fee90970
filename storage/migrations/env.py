"""Alembic's entrance. It is only ever called by :func:`storage.database.migrate`, which hands it an open transaction."""

from alembic import context

from storage.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
context.run_migrations()
