"""The memory of a web process: what is freed goes back to the machine.

glibc gives each thread an arena of its own and raises, with the first large answer, the size from which a block is the
system's: of sixteen threads that each once made a workbook, what they freed stays. Two arenas, a fixed size, and a trim
now and then keep it flat. Where there is no glibc nothing is done.
"""

import ctypes

_ARENA_MAX, _MMAP_THRESHOLD, _TRIM_THRESHOLD = -8, -3, -1  # of malloc.h
_ARENAS, _OWN_BLOCK, _KEPT_FREE = 2, 256 << 10, 1 << 20  # how many; bytes
TRIM_SECONDS = 60.0


def bound_arenas() -> bool:
    """Bound what malloc keeps for itself; to be called before threads begin. Tell whether that was possible."""
    try:
        set_option = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return False
    wanted = ((_ARENA_MAX, _ARENAS), (_MMAP_THRESHOLD, _OWN_BLOCK), (_TRIM_THRESHOLD, _KEPT_FREE))
    return all(set_option(option, value) == 1 for option, value in wanted)


def give_back() -> None:
    """Give what is free in the midst of the heap back to the machine."""
    try:
        trim = ctypes.CDLL(None).malloc_trim
    except (OSError, AttributeError):
        return
    trim(0)
