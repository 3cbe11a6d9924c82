"""Read a Debian copyright file (machine-readable format 1.0) and say which files are in the public domain."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

_FIELD = re.compile(r"(?P<name>[A-Z][A-Za-z-]*):\s*(?P<rest>.*)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Stanza:
    """One `Files:` paragraph: glob patterns and what is said of the files that they name."""

    patterns: tuple[str, ...]
    holder: str
    licence: str  # short name, as `public-domain`
    text: str  # what follows the short name: where the files come from

    def names(self, path: str) -> bool:
        """Say whether a pattern matches `path`; as the format asks, `*` and `?` match a slash as well."""
        return any(fnmatchcase(path, pattern) for pattern in self.patterns)


def read_stanzas(text: str) -> tuple[Stanza, ...]:
    """Read all `Files:` paragraphs in their order; paragraphs of another kind are passed over."""
    stanzas = []
    for paragraph in re.split(r"\n[ \t]*\n", text):
        fields = _fields(paragraph)
        if "Files" not in fields:
            continue
        licence, _, explanation = fields.get("License", "").partition("\n")
        stanzas.append(
            Stanza(
                patterns=tuple(fields["Files"].split()),
                holder=" ".join(fields.get("Copyright", "").split()),
                licence=licence.strip(),
                text=" ".join(explanation.split()),
            )
        )
    return tuple(stanzas)


def public_domain(path: str, stanzas: Sequence[Stanza], *, below: str) -> Stanza | None:
    """Give the stanza that puts `path` in the public domain, or None.

    The format lets the last match win. Here every match under the folder `below` must agree as well: `snow10*` was
    written for `snow10.jpg` and also names `snow10-sfiera.jpg`, which an earlier stanza lists as CC BY-SA.
    """
    matches = [stanza for stanza in stanzas if stanza.names(path) and _lies_below(stanza, below)]
    if matches and all(stanza.licence == "public-domain" for stanza in matches):
        return matches[-1]
    return None


def _lies_below(stanza: Stanza, folder: str) -> bool:
    return all(pattern.startswith(folder) for pattern in stanza.patterns)


def _fields(paragraph: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    name = ""
    for line in paragraph.splitlines():
        found = _FIELD.match(line)
        if found:
            name = found["name"]
            fields[name] = found["rest"]
        elif name:
            fields[name] += "\n" + line.strip()
    return fields
