"""Files by key: a local folder, or anything that speaks S3."""

from pathlib import Path

import obstore
from obstore.store import LocalStore, from_url

from primerka.errors import Refused


class Files:
    """Keys are slash-separated: products/…, garments/…, buyers/ID/…, imports/…. A key's bytes never change."""

    def __init__(self, url: str):
        """url: s3://bucket/prefix, with AWS_ENDPOINT and the other AWS_ variables of obstore, or the path of a folder."""
        if "://" in url:
            self.store = from_url(url)
        else:
            Path(url).mkdir(parents=True, exist_ok=True)
            self.store = LocalStore(url, automatic_cleanup=True)

    def put(self, key: str, data: bytes) -> str:
        """Whole or not at all; returns the key."""
        obstore.put(self.store, key, data)
        return key

    def get(self, key: str) -> bytes:
        """Raises FileNotFoundError."""
        return bytes(obstore.get(self.store, key).bytes())

    async def get_soon(self, key: str) -> bytes:
        """`get` for the event loop."""
        return bytes(await (await obstore.get_async(self.store, key)).bytes_async())

    def read(self, key: str):
        """A file object to read from, for what does not fit in memory."""
        return obstore.open_reader(self.store, key)

    def write(self, key: str):
        return obstore.open_writer(self.store, key)

    def delete(self, *keys: str) -> None:
        """What is not there is no error."""
        for key in keys:
            try:
                obstore.delete(self.store, key)
            except FileNotFoundError:
                continue

    def keys(self, prefix: str) -> list[str]:
        return [entry["path"] for page in obstore.list(self.store, prefix) for entry in page]

    def folders(self, prefix: str) -> list[str]:
        """The names right under a prefix."""
        return [path.rsplit("/", 1)[-1] for path in obstore.list_with_delimiter(self.store, prefix)["common_prefixes"]]

    def delete_under(self, prefix: str) -> None:
        self.delete(*self.keys(prefix))

    def check(self) -> None:
        """Write, read and delete a file. Raises Refused files_unusable."""
        try:
            self.put("check/written", b"yes")
            self.get("check/written")
            self.delete("check/written")
        except (OSError, obstore.exceptions.BaseError) as cause:
            raise Refused("files_unusable", f"Files cannot be kept at PRIMERKA_FILES: {type(cause).__name__}.") from cause
