"""Which rule a correlation means: one of its own file first, else the one that has the id or name anywhere."""

from collections.abc import Iterable

from sigma.correlations import SigmaCorrelationRule
from sigma.exceptions import SigmaError
from sigma.rule import SigmaRule

AnyRule = SigmaRule | SigmaCorrelationRule
Found = tuple[str, AnyRule]  # the file, and a rule in it


class Names:
    """The rules that were found, by file and by what they are called."""

    def __init__(self, found: Iterable[Found]) -> None:
        self.called: dict[str, list[Found]] = {}
        for file, rule in found:
            for name in {rule.name, str(rule.id)} - {None, "None"}:
                self.called.setdefault(str(name), []).append((file, rule))

    def meant(self, file: str, reference: str) -> list[AnyRule]:
        """The rules that a file may mean by a reference: those of its own if there are any."""
        called = self.called.get(reference, [])
        return [rule for where, rule in called if where == file] or [rule for _, rule in called]

    def one(self, file: str, reference: str) -> AnyRule:
        """The rule that a file means. Raises SigmaError where there is none, and where files share a name."""
        meant = self.meant(file, reference)
        if not meant:
            raise SigmaError(f"it refers to the rule {reference!r}, which is not in the folders loaded")
        if len(meant) > 1:
            files = " and ".join(where for where, _ in self.called[reference])
            raise SigmaError(f"it refers to the rule {reference!r}, and {files} have one of that name; refer to its id")
        return meant[0]


def references_of(rule: SigmaCorrelationRule) -> list[str]:
    return [str(reference.reference) for reference in rule.rules or ()]
