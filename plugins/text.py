"""Hostile text made visible: what would hide, reorder or move other text is written as its code point; and counts."""

import unicodedata

# Cc control, Cf format (bidi, zero width, tags), Cs lone surrogate, Co private, Cn unassigned, Zl and Zp line breaks.
HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})

# Letters by category, yet drawn as nothing: Hangul fillers, the Braille blank and the combining grapheme joiner.
BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0\u034f")


def visible(text: str, *, lines: bool = False) -> str:
    """Return ``text`` with every hidden character as a mark such as ⟨U+202E⟩; ``lines`` keeps line feeds and tabs.

    Idempotent. Follows Unicode general categories (UAX #44) and the bidi controls of UAX #9.
    """
    if text.isascii() and text.isprintable():
        return text
    kept = "\n\t" if lines else ""
    return "".join(char if char in kept or not is_hidden(char) else mark(char) for char in text)


def with_line_feeds(text: str) -> str:
    """Return ``text`` with a line feed at each end of a line: carriage returns would be shown as marks."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def is_hidden(char: str) -> bool:
    return unicodedata.category(char) in HIDDEN or char in BLANK or is_variation(char)


def is_variation(char: str) -> bool:
    return "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"


def mark(char: str) -> str:
    return f"⟨U+{ord(char):04X}⟩"


def counted(count: int, noun: str, nouns: str = "") -> str:
    """``1 gap``, ``2,000 gaps``; ``nouns`` where the plural is not the noun with an s."""
    return f"{count:,} {noun if count == 1 else nouns or noun + 's'}"
