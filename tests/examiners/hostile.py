"""What a client can put into a request, and where it ends up: in a row, whole, and harming no neighbour."""

TEXTS = {
    "control characters": "a\x01\x1b[2J\x7fb",
    "a null": "a\x00b",
    "right to left": "\u202egpj.exe\u2066",
    "a formula": "=HYPERLINK(1)",
    "markup": "<script>alert(1)</script>",
    "enormous": "A" * 100_000,
    "not Latin": "поиск 検索 🔥",
    "SQL": "'; DROP TABLE logs; --",
}
IDS = list(TEXTS)
VALUES = list(TEXTS.values())
