"""COCO's run-length code of a mask: the lengths of its runs down the columns, 0 first.

A compressed code is a string: each number in groups of five bits, the lowest first, each group one character from "0" on;
bit 5 says that a group follows, the last group's bit 4 is the sign. From the fourth on, a number is the difference to the one
two before. Source: the mask API of cocodataset/cocoapi.
"""

import numpy as np


def decode_counts(text: str | bytes) -> list[int]:
    """The lengths of the runs of a compressed code. Raises ValueError where the code ends within a number."""
    codes = text if isinstance(text, bytes) else text.encode("ascii")
    counts, at = [], 0
    while at < len(codes):
        value = shift = 0
        more = True
        while more:
            if at == len(codes):
                raise ValueError("the run-length code ends within a number")
            group = codes[at] - 48
            if not 0 <= group < 64:
                raise ValueError(f"a run-length code has no character {chr(codes[at])!r}")
            value |= (group & 31) << shift
            shift += 5
            more = bool(group & 32)
            at += 1
        if group & 16:
            value -= 1 << shift
        counts.append(value + counts[-2] if len(counts) > 2 else value)
    return counts


def decode_mask(code: dict) -> np.ndarray:
    """(H, W) bool of {"size": [H, W], "counts": compressed string or list of lengths}.

    Raises ValueError where the runs do not fill the mask.
    """
    height, width = code["size"]
    counts = code["counts"]
    counts = np.array(counts if isinstance(counts, list) else decode_counts(counts), np.int64)
    if counts.sum() != height * width or (counts < 0).any():
        raise ValueError(f"the runs of a {height}x{width} mask fill {counts.sum()} pixels")
    return np.repeat(np.arange(len(counts)) % 2 == 1, counts).reshape(width, height).T
