"""What Alembic runs: all migrations in the one transaction that its caller has opened."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    transactional_ddl=True,  # SQLite has it too, once its driver is told to begin nothing by itself
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
