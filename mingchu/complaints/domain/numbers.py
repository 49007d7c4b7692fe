"""Numbers 编号: what a writer keeps to come back with, too long to be guessed."""

from __future__ import annotations

from mingchu.base.ids import CODE_ALPHABET, new_code, read_code

LENGTH = 28  # 5 bits a character: 140 bits
GROUP = 4


def new_number() -> str:
    return new_code(LENGTH)


def grouped(number: str) -> str:
    """As people read it aloud; a number that is not ours stays as it is.

    >>> grouped("0123456789ABCDEFGHJKMNPQRSTV"), grouped("20261120000123")
    ('0123-4567-89AB-CDEF-GHJK-MNPQ-RSTV', '20261120000123')
    """
    if not is_ours(number):
        return number
    return "-".join(number[at : at + GROUP] for at in range(0, LENGTH, GROUP))


def is_ours(number: str) -> bool:
    return len(number) == LENGTH and all(letter in CODE_ALPHABET for letter in number)


def read_number(typed: str) -> str:
    """What was meant by a typed number; empty if it cannot be one of ours.

    >>> read_number(" 0123-4567-89ab-cdef-ghjk-mnpq-rstv ")
    '0123456789ABCDEFGHJKMNPQRSTV'
    >>> read_number("20261120000123")
    ''
    """
    bare = read_code(typed)
    return bare if is_ours(bare) else ""
