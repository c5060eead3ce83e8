"""The encoding of text that is not UTF-8: the one in which its bytes are letters of one language and known titles."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from itertools import islice
from typing import NamedTuple

from whichcompute.base.errors import DataError, shown
from whichcompute.base.resources import folder, read_toml
from whichcompute.inventory.maps.titles import named

STRAY = re.compile("[\udc80-\udcff]")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_WORD, _BEFORE = re.compile(rb"[\x80-\xff][A-Za-z\x80-\xff]{,30}"), re.compile(rb"[A-Za-z]*$")
_WORDS, _LETTERS, _TOP, _TITLED, _TITLES = 500, 30, 1 << 16, 1 << 12, 20
_CELLS = r'[,;\t|\r\n"]+'
_UNDEFINED = "whichcompute-undefined"
_USUAL = "°€£§«»“”„‘’‚–—…•·®™©º ª²³µ½¼×±¿¡\u00a0"
_ODD = -4  # points of a character that no language has at its place; a frequent letter of the language has 2
_CLEAR, _MOST = 0.25, 3  # the share of its points, and at most how many, that the best encoding must be ahead
_UTF16 = {"utf-16-le": slice(1, None, 2), "utf-16-be": slice(0, None, 2)}
"""Which bytes of two are zero in text that is mostly ASCII."""


class Found(NamedTuple):
    """The encoding of a text, and what is said about it."""

    encoding: str
    said: str


class _Candidate(NamedTuple):
    points: int
    titles: int
    encoding: str
    name: str
    words: list[str]


def is_utf8(block: bytes) -> bool:
    """Whether more of what is not ASCII is UTF-8 than not: a stray byte is a fault of its row, not of the file."""
    text = codecs.getincrementaldecoder("utf-8")("surrogateescape").decode(block)
    wrong = len(STRAY.findall(text))
    return not wrong or wrong <= sum(map(len, _NOT_ASCII.findall(text))) - wrong


def utf16(block: bytes) -> str:
    """The encoding of UTF-16 text without a byte order mark; empty if the text is none."""
    top = block[: _TOP & -2]
    for encoding, zeros in _UTF16.items():
        high, low = top[zeros], top[1 - (zeros.start or 0) :: 2]
        if len(high) // 4 < high.count(0) and not low.count(0):
            return encoding
    return ""


def encoding_of(block: bytes) -> Found:
    """The encoding in which text that is not UTF-8 is read, and how sure that is."""
    first = block[:_TOP].rpartition(b"\n")[0] or block[:_TITLED]
    words = list(dict.fromkeys(_words(block)))
    letters = [one for name, said, alphabets in _encodings() if (one := _judged(name, said, alphabets, words, first))]
    best = max((one for one in letters if one.words), key=lambda one: (one.points, one.titles))
    by_titles = max(letters, key=lambda one: one.titles if not one.words else 0)
    if not by_titles.words and by_titles.titles > best.titles + (best.points > 0):
        return Found(by_titles.encoding, f"not UTF-8 text: read as {by_titles.name}")
    return Found(best.encoding, f"not UTF-8 text: read as {best.name}{_doubt(best, letters)}")


def _words(block: bytes) -> Iterator[bytes]:
    """The first words with a byte that is not ASCII, which may be cut, so that none takes long."""
    for found in islice(_WORD.finditer(block), _WORDS):
        before = _BEFORE.search(block, max(found.start() - _LETTERS, 0), found.start())
        yield (before[0] if before else b"") + found[0]


def decoder_of(encoding: str) -> codecs.IncrementalDecoder:
    """A decoder that reads bytes without a meaning as control characters, as browsers do."""
    return codecs.getincrementaldecoder(encoding)(_UNDEFINED)


@cache
def _encodings() -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """The name for Python, the name for people and the letters of each encoding of data/encodings.toml."""
    path = folder("data") / "encodings.toml"
    try:
        families = [(each["encodings"], tuple(map(str, each["letters"]))) for each in read_toml(path)["family"]]
        return tuple((codecs.lookup(name).name, said, of) for names, of in families for name, said in names.items())
    except (KeyError, TypeError, AttributeError, LookupError) as error:
        raise DataError(f"{path}: {error}") from None


def _judged(
    encoding: str, name: str, alphabets: tuple[str, ...], words: list[bytes], first: bytes
) -> _Candidate | None:
    """How well a text fits an encoding; None if it cannot be read in it."""
    with suppress(UnicodeDecodeError):
        top = first.decode(encoding, _UNDEFINED if alphabets else "strict")
        titles = named(re.split(_CELLS, "\n".join(top.split("\n", _TITLES)[:_TITLES])))
        read = [word.decode(encoding, _UNDEFINED) for word in words] if alphabets else []
        points = max((sum(_points(word, letters) for word in read) for letters in alphabets), default=0)
        return _Candidate(points, titles, encoding, name, read)
    return None


def _points(word: str, letters: str) -> int:
    """The letters of a language in a word, less what none has: signs or capitals in it, two scripts."""
    points = 0
    for at, sign in enumerate(word):
        if sign.isascii():
            continue
        before, after = word[at - 1 : at] if at else "", word[at + 1 : at + 2]
        if not sign.isalpha() or sign in _USUAL:
            points += _ODD if before.isalpha() and after.isalpha() or sign not in _USUAL else 0
        elif (
            (sign.isupper() and (before.islower() or (before.isupper() and after.islower())))
            or (sign.islower() and (after.isupper() or (at > 1 and word[at - 2 : at].isupper())))
            or any(near.isalpha() and _script(near) != _script(sign) for near in (before, after))
        ):
            points += _ODD
        elif before or after:
            points += letters.count(sign.lower())
    return points


@cache
def _script(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]


def _doubt(best: _Candidate, others: list[_Candidate]) -> str:
    """What is said if another encoding fits as well but reads other letters, or if none fits."""
    near = best.points - min(best.points * _CLEAR, _MOST)
    alike = [one for one in others if one.points >= near and one.titles >= best.titles]
    alike = [one for one in alike if one.words and one.words != best.words]
    if best.points >= 0 and not alike:
        return ""
    at = next((at for at, word in enumerate(best.words) if any(one.words[at] != word for one in alike)), 0)
    also = f", but {alike[0].name} fits as well ('{shown(alike[0].words[at])}')" if alike else ", which fits badly"
    return f"{also}; if '{shown(best.words[at])}' is not what it says, save it as UTF-8"


def _undefined(error: UnicodeError) -> tuple[str, int]:
    """The control character for a byte that an encoding does not define."""
    assert isinstance(error, UnicodeDecodeError)
    return error.object[error.start : error.end].decode("latin-1"), error.end


codecs.register_error(_UNDEFINED, _undefined)
