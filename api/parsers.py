"""Bodies come in as JSON, and nothing that a caller sends may end in an error of the inside."""

from typing import Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


class BoundedJsonParser(JSONParser):
    """JSON whose nesting Python can follow; deeper is a parse error, where the standard parser would rise."""

    def parse(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        try:
            return super().parse(*args, **kwargs)
        except RecursionError:
            raise ParseError("the JSON is nested too deeply") from None
