"""`python -m cli` is `reverie`."""

from cli.main import app

app()
