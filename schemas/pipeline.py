"""What the pipeline remembers between runs, in the warehouse only. Belongs here: tables that are never published. Does not: anything that
an analyst queries."""

from schemas.contract import Contract, column


class SourceFile(Contract):
    """A file that a run was given: the id that its path has for ever, and how the file stood when it was last seen."""

    article_id: str = column("Article: the file's stem in lower case; -2, -3 for later paths with the same stem", example="paloma2")
    source_path: str = column("File, or identifier that could not be fetched")
    sha256: str | None = column("SHA-256 of the file's bytes")
    size: int | None = column("Size of the file", unit="bytes", ge=0)
    mtime_ns: int | None = column("Time of its last change, since the epoch", unit="ns")
    status: str = column("Where it stands", isin=("present", "missing", "removed"))
    message: str | None = column("Why it is missing, in one line")

    class Config:
        name = "pipeline.source_file"
        unique = ("article_id",)


class StopKey(Contract):
    """What an article's rows of one stop were made from. Where the key of today differs, they are stale."""

    stop: str = column("Stop on the way", example="number_audit")
    article_id: str = column("Article, or * for a stop that works on the library as a whole")
    key: str = column("Hash of the stop's code and of the keys of the stops that it reads")

    class Config:
        name = "pipeline.stop_key"
        unique = ("stop", "article_id")


INTERNAL: tuple[type[Contract], ...] = (SourceFile, StopKey)
