"""How a process that will soon end asks for memory."""

import ctypes

M_TRIM_THRESHOLD, M_TOP_PAD, M_MMAP_MAX = -1, -2, -4  # malloc.h of the GNU C library
KEPT = 1 << 30  # bytes at the heap's end that stay with the process; holes in it stay anyway
AHEAD = 1 << 26  # bytes asked for at once


def keep_freed_memory() -> None:
    """Have malloc keep what is freed, for the next picture needs as much again. Only the GNU C library is told; others are left alone.

    By default every large tensor is fresh from the kernel, which fills it with zeros first: a good part of a network's time.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, TypeError, AttributeError):  # another C library, or another system
        return
    for option, value in ((M_MMAP_MAX, 0), (M_TRIM_THRESHOLD, KEPT), (M_TOP_PAD, AHEAD)):
        mallopt(option, value)
