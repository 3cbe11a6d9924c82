"""Instagram's exports, old and new: which files hold posts, what they say of which picture."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from kinds.ingest.dates import of_iso, of_timestamp
from kinds.ingest.note import Note

# media.json of the first exports; later content/posts_1.json, and that below your_instagram_activity.
POSTS = re.compile(
    r"(?P<root>(?:.*/)?)"
    r"(?:media|(?:your_instagram_activity/)?(?:content|media)"
    r"/(?:posts_\d{1,4}|stories|reels|profile_photos|archived_posts))\.json"
)
# Its folders are named after months and kinds: none is an album.
FOLDERS = frozenset(
    {"media", "photos", "stories", "profile", "profile_photos", "videos", "direct", "reels", "your_instagram_activity"}
)


def root_of(name: str) -> str | None:
    """Give the folder that an export's file of posts refers to, "" or ending in "/"; None for any other file."""
    found = POSTS.fullmatch(name)
    if found is None:
        return None
    return found["root"].removesuffix("your_instagram_activity/")


def notes_of(document: Any) -> dict[str, Note] | None:
    """Read a file of posts: a note for each picture's place in the export. None: it holds no posts."""
    lists = document.values() if isinstance(document, dict) else [document]
    posts = [post for some in lists if isinstance(some, list) for post in some if isinstance(post, dict)]
    found: dict[str, Note] = {}
    for post in posts:
        for place, note in _of_post(post):
            found.setdefault(place, note)
    return found if found or document == [] else None


def _of_post(post: dict[str, Any]) -> Iterator[tuple[str, Note]]:
    media = post.get("media")
    for one in media if isinstance(media, list) else [post]:
        if not isinstance(one, dict):
            continue
        place = one.get("uri") or one.get("path")
        if not isinstance(place, str) or not place:
            continue
        # Of a post with several pictures, the post itself has the words.
        said = next((text for text in _words(one, post) if isinstance(text, str) and text.strip()), None)
        moments = (of_timestamp(some.get("creation_timestamp")) or of_iso(some.get("taken_at")) for some in (one, post))
        yield (
            unescaped(place),
            Note.of(
                taken_at=next((moment for moment in moments if moment is not None), None),
                caption=unescaped(said) if said else None,
            ),
        )


def _words(one: dict[str, Any], post: dict[str, Any]) -> Iterator[Any]:
    for some in (one, post):
        yield some.get("title")
        yield some.get("caption")


def unescaped(text: str) -> str:
    """Undo what Instagram does to a text: it writes each byte of its UTF-8 as if that were a character."""
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text
