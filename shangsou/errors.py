"""Errors that a caller can act on. Each message names the value, the place and the remedy."""


class ShangsouError(Exception):
    """Base of our own errors; `exit_code` is what the program ends with.

    A message may name addresses, indices and folders: it is for the log and the terminal. Answers over HTTP
    hold `public` instead.
    """

    exit_code = 1
    public_text = ""
    """What `public` says of every error of a class; empty: its message."""

    def __init__(self, message: str = "", *, public: str = "") -> None:
        """`public` is said to the outside in place of the message."""
        super().__init__(message)
        self._public = public

    @property
    def public(self) -> str:
        """What an answer over HTTP may say of it."""
        return self._public or self.public_text or str(self)


class UnusableInput(ShangsouError):
    """A file, an option or a setting that cannot be used at all; nothing was changed."""

    exit_code = 2
    public_text = "a setting or a file of the server cannot be used; its log says which"


class NoIndex(ShangsouError):
    """There is no generation to search yet."""

    exit_code = 2
    public_text = 'no index yet; run "shangsou index FILE" or "shangsou demo"'


class RecipeMismatch(ShangsouError):
    """The index was built with a recipe that this process cannot read or encode for."""

    exit_code = 2


class DamagedIndex(ShangsouError):
    """A generation whose files do not hold what was written into them."""

    def __init__(self, generation: str, folder: str, damage: str, detail: str = "") -> None:
        """`detail` may name folders, and is not said to the outside."""
        advice = 'run "shangsou verify" for more, and "shangsou index FILE" for a new one'
        super().__init__(
            f"{generation} in {folder} is damaged and not searched: {_with_detail(damage, detail)}; {advice}",
            public=f"{generation} is damaged and not searched: {damage}",
        )
        self.generation, self.damage = generation, damage


class DamagedLexicon(ShangsouError):
    """A lexicon, or the known queries, whose files do not hold what was written; searches go on without."""

    def __init__(self, folder: str, damage: str, advice: str, detail: str = "") -> None:
        """`detail` may name folders, and is not said to the outside."""
        super().__init__(
            f"{folder} is damaged, and searches go on without it: {_with_detail(damage, detail)}; {advice}",
            public=f"it is damaged: {damage}",
        )
        self.damage = damage


class WeightsUnavailable(ShangsouError):
    """The weights of a model are not in SHANGSOU_HOME and cannot be fetched."""

    exit_code = 2
    public_text = (
        'the weights of the search encoder cannot be used; the log says why; run "shangsou model fetch" for '
        "those of the default model"
    )


class EncoderUnavailable(ShangsouError):
    """A text could not be encoded; a search continues without vectors and reports that."""

    public_text = "the search encoder does not answer"


class EngineUnavailable(ShangsouError):
    """The engine cannot be reached or did not answer in time; over HTTP a 503."""

    public_text = "the search engine does not answer"


class EventsUnavailable(ShangsouError):
    """Events cannot be stored or read now; over HTTP a 503, while a search continues without a history."""

    public_text = "events can be neither kept nor read now"


class EventsRejected(ShangsouError):
    """No row of a file is an event, though the file can be read."""

    def __init__(self, message: str = "", *, summary: str = "") -> None:
        """`summary` is the message without the reasons, for after a report that has them."""
        super().__init__(message)
        self.summary = summary or message


class ListsUnavailable(ShangsouError):
    """Lists of customers cannot be read or written; over HTTP a 503. A customer may still stand in them."""

    public_text = (
        "the lists of customers cannot be read or written, and may still hold this user; the server's log "
        "says why: correct that, and send the request again"
    )


class UpdatesUnavailable(ShangsouError):
    """Changes of products cannot be stored or read now; over HTTP a 503, and nothing was changed."""

    public_text = "products cannot be changed now, and none was"


class IndexBusy(ShangsouError):
    """Another indexer holds the lock."""


class IndexingFailed(ShangsouError):
    """A generation was not switched to: too many rejected rows, a failed check, a full disk."""


class CopyFailed(ShangsouError):
    """A database was not copied into a backup, or out of one: it is damaged, or the disk is full."""


class TrainingFailed(ShangsouError):
    """A model was not trained to its end: memory ran out, the disk is full. What was saved before is kept."""


class RankingNotSaved(ShangsouError):
    """The ranking recipe was not changed: the disk is full, or somebody else changed it meanwhile."""


def _with_detail(damage: str, detail: str) -> str:
    return f"{damage} ({detail})" if detail else damage
