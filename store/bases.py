"""The base models that come with the program."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, UUID, uuid5

from jobs.errors import Rejected
from store.objects import Stored, digest, folder_hash
from store.rows import Model

if TYPE_CHECKING:
    from store.store import Store


def base_id(hash: str) -> UUID:
    """Name a bundled model by its hash, alike on every machine."""
    return uuid5(NAMESPACE_URL, f"https://reverie.local/bases/{hash}")


def register(store: Store, where: Path) -> list[Model]:
    """Register each model folder in `where`, by name; one that is there already is left as it is.

    Those of an earlier release go, unless something has come of them: then they stay, as the owner's.
    Raises: Rejected, for a folder whose model.json cannot be read.
    """
    folders = sorted(path for path in where.iterdir() if (path / "model.json").is_file()) if where.is_dir() else []
    registered = [_register(store, folder) for folder in folders]
    if registered:
        with store.begin() as tx:
            tx.models.retire(besides=[model.id for model in registered])
    return registered


def _register(store: Store, folder: Path) -> Model:
    facts = _facts(folder)
    hash = folder_hash({path.name: _seen(path) for path in sorted(folder.iterdir()) if path.is_file()})
    model_id = base_id(hash)
    # Stored again if it is there: the same bytes under the same key change nothing, and a lost file comes back.
    files = dict(store.objects.put_folder(folder, kind="models", id=model_id))
    sheet = files.pop("sheet.png", None)  # pictures that it draws, to be recognised by
    model = Model(
        id=model_id,
        name=str(facts.get("name") or folder.name.replace("_", " ").capitalize()),
        bundled=True,
        resolution=int(facts["resolution"]),
        facts=facts,
        licence=str(facts["licence"]["spdx"]),
        terms=str(facts["licence"]["terms"]),
        hash=hash,
        files={name: stored.key for name, stored in files.items()},
        size_bytes=sum(stored.size_bytes for stored in files.values()),
        sheet_key=sheet.key if sheet else None,
    )
    with store.begin() as tx:
        return tx.models.add(model)


def _facts(folder: Path) -> dict[str, Any]:
    try:
        facts: dict[str, Any] = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        int(facts["resolution"]), str(facts["licence"]["spdx"]), str(facts["licence"]["terms"])
    except (ValueError, KeyError, TypeError) as error:
        raise Rejected(
            f"{folder.name}/model.json cannot be read: {error!r}.", remedy="Install Reverie again."
        ) from error
    return facts


def _seen(path: Path) -> Stored:
    sha256, size = digest(path)
    return Stored(key="", sha256=sha256, size_bytes=size)
