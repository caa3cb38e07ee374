"""What Sigma leaves open in a way that a rule's writer should settle: refused by name before anything is compiled."""

import re
from collections.abc import Iterator

from sigma.exceptions import SigmaFeatureNotSupportedByBackendError
from sigma.modifiers import SigmaWindowsDashModifier
from sigma.rule import SigmaDetection, SigmaDetectionItem, SigmaRule

# pySigma varies a dash or slash that begins a word, the specification all dashes: they agree where there is no other.
_DASH = re.compile("[-/\u2013\u2014\u2015]")
_BEGINS_WORD = re.compile(r"\B[-/]\b")


def refuse_unclear(rule: SigmaRule) -> None:
    """Raises SigmaFeatureNotSupportedByBackendError, naming the value and the way out."""
    for detection in rule.detection.detections.values():
        for item in items_of(detection):
            if SigmaWindowsDashModifier in item.modifiers:
                refuse_inner_dashes(item)


def items_of(detection: SigmaDetection) -> Iterator[SigmaDetectionItem]:
    for item in detection.detection_items:
        if isinstance(item, SigmaDetection):
            yield from items_of(item)
        else:
            yield item


def refuse_inner_dashes(item: SigmaDetectionItem) -> None:
    for value in item.original_value or ():
        text = str(value)
        if len(_DASH.findall(text)) > len(_BEGINS_WORD.findall(text)):
            raise SigmaFeatureNotSupportedByBackendError(
                f"windash varies only dashes that begin a word, and {text!r} has others; write the variants out"
            )
