"""What a worker remembers of prepared buyers and garments: the last used, up to a size."""

from collections import OrderedDict
from typing import Any


class Memory:
    def __init__(self, most_bytes: int):
        self._most = most_bytes
        self._kept: OrderedDict[str, tuple[Any, int]] = OrderedDict()

    def get(self, key: str) -> Any | None:
        if key not in self._kept:
            return None
        self._kept.move_to_end(key)
        return self._kept[key][0]

    def put(self, key: str, thing: Any, size: int) -> None:
        self._kept[key] = (thing, size)
        self._kept.move_to_end(key)
        while len(self._kept) > 1 and sum(size for _, size in self._kept.values()) > self._most:
            self._kept.popitem(last=False)

    def forget(self, key: str) -> None:
        self._kept.pop(key, None)

    def buyers(self) -> dict[str, str]:
        """Buyer → key, for those that are remembered."""
        return {key.split("/")[1]: key for key in list(self._kept) if key.startswith("buyers/")}
