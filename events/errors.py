"""What can go wrong with event rows, each named for the situation."""


class UnknownPlace(ValueError):
    """The address of the event store is of a kind that this engine cannot read."""


class BadFilter(ValueError):
    """A filter names a field or value that does not exist; the message lists what does. ``field`` is the one."""

    def __init__(self, words: str, field: str = "") -> None:
        super().__init__(words)
        self.field = field


class BadCursor(ValueError):
    """A page's cursor is not one that we gave out; start again from the first page."""

    field = "cursor"


class BadField(ValueError):
    """A field name holds characters that no log field has."""


class NotSelect(ValueError):
    """Only one SELECT statement may be run against event rows."""


class TooSlow(RuntimeError):
    """A query ran into its time limit and was stopped; narrow the filter."""


class MissingManifest(LookupError):
    """No manifest of this name is in the incident's store."""


class AlteredFile(RuntimeError):
    """A file no longer has the size that its manifest or its staging record names; examine its evidence again."""


class NotOnDisk(RuntimeError):
    """The files that the engine of EVENTS_URL reads are not on this machine's disk; the message says where they are."""


class NotInDialect(RuntimeError):
    """A question holds something that the engine of EVENTS_URL has no words for; the message names it."""


class EngineFailed(RuntimeError):
    """The engine of EVENTS_URL did not answer; the message names the question's id there and the remedy."""


class QuestionRefused(RuntimeError):
    """The engine of EVENTS_URL would not answer this question; the message has its id there and the engine's words."""
