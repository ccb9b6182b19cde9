"""Pictures that a feed names by path instead of by link."""

from pathlib import Path

from primerka.service.feeds.offer import FeedRejected


def picture_file(folder: Path, picture: str) -> Path:
    """The file that a path in a feed of this folder means; never one outside of it, also not through a symbolic link.

    Raises FeedRejected `picture_path`.
    """
    try:
        whole = (folder / picture).resolve()
        inside = whole.is_relative_to(folder.resolve()) and whole.is_file()
    except (OSError, ValueError):
        inside = False
    if not inside:
        raise FeedRejected("picture_path", "The picture's path names no file in the feed's own folder.")
    return whole
