"""The pipeline's own database and the file that analysts open.

Belongs here: connections, transactions, rows in and out, publication. Does not: what a table is (schemas/), what a stop hands over
(assets/landing.py), views and macros (sql/).

The warehouse is one DuckDB file that one run at a time has open. What it publishes is another file, immutable and of its own name, that
the link evidence.duckdb points to (docs/adr/0001).
"""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import os
import pathlib
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import schemas
from schemas.contract import Contract

if TYPE_CHECKING:
    import duckdb
    import pandas as pd
    import pyarrow as pa

FILE = "warehouse.duckdb"
LINK = "evidence.duckdb"
SQL_FOLDER = pathlib.Path(__file__).resolve().parents[1] / "sql"
KEPT_RUNS = 1_000  # whose steps lineage.run tells: three years of daily runs, 30,000 rows
KEPT = 2  # published files: the one that the link points to, and the one before, for readers that still have it open
MEMORY_LIMIT = "512MB"  # of the database; beyond it DuckDB spills to disk
# Bytes of a block. Forty tables of one article take 1.4 MB in small blocks and 8.7 in DuckDB's own size, which takes half the time for many.
BLOCK_SIZE, LARGE_BLOCK_SIZE, LARGE = 16_384, 262_144, 50_000  # LARGE: rows of published values from which large blocks pay
_STATE = "pipeline.state"  # name -> value: what the file itself must know

Model = type[Contract] | str


class InUse(RuntimeError):
    """Another process has the warehouse open."""


class Published(NamedTuple):
    """What publish() did. `path` is the file that the link points to now; `changed` says whether it is a new one."""

    path: pathlib.Path
    changed: bool


def _model(model: Model) -> type[Contract]:
    return schemas.TABLES[model] if isinstance(model, str) else model


class Transaction:
    """Writes that land together or not at all. Made by Warehouse.transaction()."""

    def __init__(self, warehouse: Warehouse, connection: duckdb.DuckDBPyConnection) -> None:
        self._warehouse = warehouse
        self._connection = connection
        self.changed: set[str] = set()  # names of the tables whose rows have changed

    def replace(self, model: Model, data: Any, article_ids: Sequence[str] | None = None, **where: Any) -> int:
        """Deletes the articles' rows (None: of all articles) that match `where`, inserts `data` by column name. Returns rows inserted.

        data: pandas frame, Arrow table, or list of Parquet files (read by DuckDB itself). Raises ValueError for a column that the contract
        lacks, a required one that is missing, and a row of an article that is not among article_ids: the next replacement would miss it.
        """
        model = _model(model)
        conditions, values = [], []
        if article_ids is not None:
            conditions.append("article_id IN (SELECT unnest(?::VARCHAR[]))")
            values.append(list(article_ids))
        for column, wanted in where.items():
            conditions.append(f'"{model.columns[column].name}" = ?')
            values.append(wanted)
        clause = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        if self._run(f"DELETE FROM {model.name}{clause}", values):
            self.changed.add(model.name)
        return self._insert(model, data, article_ids)

    def append(self, model: Model, data: Any) -> int:
        """Inserts `data` by column name and deletes nothing. Returns rows inserted."""
        return self._insert(_model(model), data, None)

    def _insert(self, model: type[Contract], data: Any, article_ids: Sequence[str] | None) -> int:
        with self._staged(model, data) as source:
            if source is None:
                return 0
            if article_ids is not None and "article_id" in model.columns:
                query = f"SELECT DISTINCT article_id FROM {source} WHERE article_id NOT IN (SELECT unnest(?::VARCHAR[])) LIMIT 3"
                strangers = self._connection.execute(query, [list(article_ids)]).fetchall()
                if strangers:
                    raise ValueError(f"{model.name}: rows of articles that are not being replaced: {', '.join(s[0] for s in strangers)}")
            rows = self._run(f"INSERT INTO {model.name} BY NAME SELECT * FROM {source}")
        if rows:
            self.changed.add(model.name)
        return rows

    @contextlib.contextmanager
    def _staged(self, model: type[Contract], data: Any) -> Iterator[str | None]:
        """What a query calls the data while it is inserted; None where there is none."""
        from schemas.storage import align

        if isinstance(data, (list, tuple)):
            if not data:
                yield None
                return
            files = ", ".join("'" + str(path).replace("'", "''") + "'" for path in data)
            source = f"read_parquet([{files}], union_by_name = true)"
            names = [row[0] for row in self._connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()]
            lists = [f'[]::VARCHAR[] AS "{name}"' for name in align(model, names) if model.columns[name].kind == list[str]]
            yield f"(SELECT {', '.join(['*', *lists])} FROM {source})" if lists else source
            return
        if len(data) == 0:
            model.arrow(data)  # its columns must be right all the same
            yield None
            return
        self._connection.register("staged_rows", model.arrow(data))
        try:
            yield "staged_rows"
        finally:
            self._connection.unregister("staged_rows")

    def read(self, model: Model, article_ids: Sequence[str] | None = None, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """As Warehouse.read, with what this transaction has written."""
        return self._warehouse.read(model, article_ids, columns)

    def set_keys(self, stop: str, keys: Mapping[str, str | None]) -> None:
        """Remembers what each article's rows of the stop were made from; None forgets it. Lands with the rows, or not at all."""
        self._run("DELETE FROM pipeline.stop_key WHERE stop = ? AND article_id IN (SELECT unnest(?::VARCHAR[]))", [stop, list(keys)])
        kept = {article: key for article, key in keys.items() if key is not None}
        if kept:
            self._run(
                "INSERT INTO pipeline.stop_key BY NAME SELECT ? AS stop, unnest(?::VARCHAR[]) AS article_id, unnest(?::VARCHAR[]) AS key",
                [stop, list(kept), list(kept.values())],
            )

    def forget(self, article_ids: Sequence[str]) -> int:
        """Deletes every published row and every key of the articles, and returns how many rows went. Their files' ids and the history of
        runs stay."""
        gone = 0
        for model in (*schemas.PUBLISHED.values(), schemas.TABLES["pipeline.stop_key"]):
            if "article_id" not in model.columns:
                continue
            rows = self._run(f"DELETE FROM {model.name} WHERE article_id IN (SELECT unnest(?::VARCHAR[]))", [list(article_ids)])
            if rows:
                self.changed.add(model.name)
                gone += rows
        return gone

    def _run(self, statement: str, values: Sequence[Any] = ()) -> int:
        return _number(self._connection, statement, values)


class Warehouse:
    """The pipeline's database in a home folder. Opens at first use; close it, or use it as a context manager.

    home: the folder that holds it. wait: seconds to wait for another process that has it open, then InUse is raised. sql_folder: the files
    with views and macros that a published database gets. large: a new file is to hold thousands of articles.
    """

    def __init__(
        self, home: str | os.PathLike[str], *, wait: float = 10.0, sql_folder: pathlib.Path = SQL_FOLDER, large: bool = False
    ) -> None:
        self.home = pathlib.Path(home)
        self.path = self.home / FILE
        self.wait = wait
        self.sql_folder = sql_folder
        self.block_size = LARGE_BLOCK_SIZE if large else BLOCK_SIZE
        self._opened: duckdb.DuckDBPyConnection | None = None
        self._within: Transaction | None = None

    def __enter__(self) -> Warehouse:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    @property
    def is_open(self) -> bool:
        return self._opened is not None

    def close(self) -> None:
        """Closes the connection. The next use opens a new one."""
        if self._opened is not None:
            opened, self._opened = self._opened, None
            opened.close()

    def _connection(self) -> duckdb.DuckDBPyConnection:
        if self._opened is None:
            self.home.mkdir(parents=True, exist_ok=True)
            opened = self._connect()
            try:
                _prepare(opened)
            except BaseException:
                opened.close()
                raise
            self._opened = opened
        return self._opened

    def _connect(self) -> duckdb.DuckDBPyConnection:
        import duckdb

        until = time.monotonic() + self.wait
        while True:
            try:
                return duckdb.connect(str(self.path), config={"memory_limit": MEMORY_LIMIT, "default_block_size": self.block_size})
            except duckdb.IOException as reason:
                if "lock" not in str(reason).lower():
                    raise
                if time.monotonic() > until:
                    raise InUse(f"another process has {self.path} open; wait until its run is over") from reason
                time.sleep(0.1)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """One transaction. An exception rolls it back and closes the connection, so that a failed asset holds nothing."""
        if self._within is not None:
            raise RuntimeError("a transaction is open already: rows of two assets must not land as one")
        connection = self._connection()
        connection.begin()
        self._within = Transaction(self, connection)
        try:
            yield self._within
            if not self._within.changed.isdisjoint(schemas.PUBLISHED):
                connection.execute(f"UPDATE {_STATE} SET value = (value::BIGINT + 1)::VARCHAR WHERE name = 'revision'")
            connection.commit()
        except BaseException:
            with contextlib.suppress(Exception):  # the first error is the one to hear of
                connection.rollback()
            self.close()
            raise
        finally:
            self._within = None

    def read(self, model: Model, article_ids: Sequence[str] | None = None, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """The rows of these articles (None: all) as a typed frame, by article and within it in the order in which they landed."""
        from schemas.storage import coerce

        names = list(columns) if columns is not None else list(_model(model).columns)
        return coerce(_model(model), self.arrow(model, article_ids, names), names)

    def arrow(self, model: Model, article_ids: Sequence[str] | None = None, columns: Sequence[str] | None = None) -> pa.Table:
        """As `read`, but an Arrow table."""
        model = _model(model)
        order = "article_id, rowid" if "article_id" in model.columns else "rowid"
        wanted = ", ".join(f'"{model.columns[name].name}"' for name in columns or model.columns)
        clause, values = "", []
        if article_ids is not None:
            clause, values = " WHERE article_id IN (SELECT unnest($1::VARCHAR[]))", [list(article_ids)]
        query = f"SELECT {wanted} FROM {model.name}{clause} ORDER BY {order}"
        return self._connection().sql(query, params=values).to_arrow_table() if values else self._connection().sql(query).to_arrow_table()

    def contents(self, tables: Sequence[Model], article_ids: Sequence[str]) -> dict[str, str]:
        """By article: a text that differs where any of the tables' rows do, whatever their order."""
        found: dict[str, str] = dict.fromkeys(article_ids, "")
        for table in tables:
            query = (
                f"SELECT article_id, count(*), sum(hash(given)::HUGEINT) FROM {_model(table).name} AS given "
                "WHERE article_id IN (SELECT unnest(?::VARCHAR[])) GROUP BY article_id"
            )
            for article, rows, digest in self._connection().execute(query, [list(article_ids)]).fetchall():
                found[article] += f" {_model(table).name}:{rows}:{digest}"
        return found

    def count(self, model: Model, article_ids: Sequence[str] | None = None) -> int:
        """How many rows a table has (of these articles)."""
        clause = "" if article_ids is None else " WHERE article_id IN (SELECT unnest(?::VARCHAR[]))"
        values = [] if article_ids is None else [list(article_ids)]
        return _number(self._connection(), f"SELECT count(*) FROM {_model(model).name}{clause}", values)

    def counts(self) -> dict[str, int]:
        """How many rows each published table has."""
        names = list(schemas.PUBLISHED)
        query = " UNION ALL ".join(f"SELECT '{name}', count(*) FROM {name}" for name in names)
        found = dict(self._connection().execute(query).fetchall())
        return {name: found[name] for name in names}

    def rows(self, model: Model, article_ids: Sequence[str] | None = None) -> list[dict[str, Any]]:
        """As `read`, but plain dictionaries: for a few rows, without the import of pandas."""
        model = _model(model)
        clause, values = "", []
        if article_ids is not None:
            clause, values = " WHERE article_id IN (SELECT unnest(?::VARCHAR[]))", [list(article_ids)]
        order = "article_id, rowid" if "article_id" in model.columns else "rowid"
        found = self._connection().execute(f"SELECT * FROM {model.name}{clause} ORDER BY {order}", values).fetchall()
        return [dict(zip(model.columns, row, strict=True)) for row in found]

    def query(self, text: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The rows of a query, for checks on what has landed."""
        return self._connection().execute(text, list(values)).fetchall()

    def frame(self, text: str) -> pd.DataFrame:
        """The result of a query as a frame, in the types that a contract's frame would have."""
        from schemas.storage import from_arrow

        return from_arrow(self._connection().sql(text).to_arrow_table())

    def keys(self) -> dict[str, dict[str, str]]:
        """What each stop's rows were made from: stop -> article -> key."""
        keys: dict[str, dict[str, str]] = {}
        for stop, article, key in self._connection().execute("SELECT stop, article_id, key FROM pipeline.stop_key").fetchall():
            keys.setdefault(stop, {})[article] = key
        return keys

    def stale(self, stop: str, wanted: Mapping[str, str]) -> list[str]:
        """The articles whose rows of the stop were made from something else than `wanted` says, in order."""
        have = self.keys().get(stop, {})
        return sorted(article for article, key in wanted.items() if have.get(article) != key)

    # --- publication ---------------------------------------------------------------------------------------------------------------

    def publish(self, run_id: str) -> Published:
        """Makes a read-only file of all published tables with comments, views and macros, and points evidence.duckdb to it.

        Nothing is made where neither rows nor contracts nor SQL files have changed since the last publication. On failure the link stays
        as it was. Raises RuntimeError naming the SQL file that can't be run.
        """
        connection = self._connection()
        fingerprint = self._fingerprint()
        current = self.published()
        if current is not None and _state(connection, "published") == f"{fingerprint} {current.name}":
            return Published(current, changed=False)
        self._prune_runs()
        building = self.home / f".building-{os.getpid()}.duckdb"
        for left in self.home.glob(".building-*.duckdb"):  # of a process that was killed: whoever has the warehouse open is alone here
            _remove(left)
        try:
            shutil.copyfile(self._template(building), building)
            self._copy_rows(building, run_id)
            target = self._name(run_id)
            building.chmod(0o444)
            os.replace(building, target)
        finally:
            _remove(building)
        _swap(self.home / LINK, target.name)
        connection.execute(f"INSERT OR REPLACE INTO {_STATE} VALUES ('published', ?)", [f"{fingerprint} {target.name}"])
        self._prune(target, current)
        return Published(target, changed=True)

    def published(self) -> pathlib.Path | None:
        """The file that evidence.duckdb points to; None where there is none."""
        link = self.home / LINK
        if not link.is_symlink():
            return None
        target = self.home / os.readlink(link)
        return target if target.exists() else None

    def _fingerprint(self) -> str:
        parts = [_state(self._connection(), "revision") or "0", _contracts(), _digest_of(self.sql_folder)]
        return hashlib.blake2b(" ".join(parts).encode(), digest_size=12).hexdigest()

    def _template(self, building: pathlib.Path) -> pathlib.Path:
        """A database without rows: tables, comments, views, macros. Made once for these contracts, SQL files and this block size, since seven
        hundred comments take longer than the rows of an article."""
        block_size = LARGE_BLOCK_SIZE if self.count(schemas.PublishedValue) >= LARGE else BLOCK_SIZE
        path = self.home / f".template-{_contracts()}-{_digest_of(self.sql_folder)[:16]}-{block_size}.duckdb"
        if not path.exists():
            for older in self.home.glob(".template-*.duckdb"):
                _remove(older)
            _make_template(building, sorted(self.sql_folder.glob("*.sql")), block_size)
            os.replace(building, path)
        return path

    def _copy_rows(self, building: pathlib.Path, run_id: str) -> None:
        """The rows of all published tables into a new file, in one transaction: no reader can ever see half of it."""
        connection = self._connection()
        connection.execute(f"ATTACH '{str(building).replace(chr(39), chr(39) * 2)}' AS published")
        try:
            connection.begin()
            for name in schemas.PUBLISHED:
                connection.execute(f"INSERT INTO published.{name} BY NAME SELECT * FROM {name}")  # as they landed: mostly by article
            connection.execute("DELETE FROM published.main.meta")
            connection.execute(
                "INSERT INTO published.main.meta BY NAME SELECT ? AS schema_version, ? AS run_id, ?::TIMESTAMP AS published_at, "
                "?::BIGINT AS warehouse_revision, ? AS sql_sha256",
                [schemas.SCHEMA_VERSION, run_id, datetime.datetime.now(datetime.UTC).replace(tzinfo=None), _state(connection, "revision"),
                 _digest_of(self.sql_folder)],
            )  # fmt: skip
            connection.commit()
            connection.execute("CHECKPOINT published")
        except BaseException:
            with contextlib.suppress(Exception):
                connection.rollback()
            raise
        finally:
            connection.execute("DETACH published")

    def _name(self, run_id: str) -> pathlib.Path:
        """A name that no file has: published files are never written to again."""
        plain = "".join(sign if sign.isalnum() or sign in "-_" else "-" for sign in run_id)
        target, number = self.home / f"evidence-{plain}.duckdb", 2
        while target.exists():
            target, number = self.home / f"evidence-{plain}-{number}.duckdb", number + 1
        return target

    def _prune_runs(self) -> None:
        """Forgets the steps of old runs, but not what last wrote to a table: the table would grow for ever, and is copied in each publication."""
        newest = f"SELECT run_id FROM {schemas.Run.name} GROUP BY run_id ORDER BY max(started) DESC LIMIT {KEPT_RUNS}"
        last = f"SELECT asset, max(started) FROM {schemas.Run.name} GROUP BY asset"
        self._connection().execute(f"DELETE FROM {schemas.Run.name} WHERE run_id NOT IN ({newest}) AND (asset, started) NOT IN ({last})")

    def _prune(self, newest: pathlib.Path, before: pathlib.Path | None) -> None:
        """Removes published files, but not the newest and the one that it replaced."""
        kept = {newest, before}
        others = sorted((each for each in self.home.glob("evidence-*.duckdb") if each not in kept), key=lambda each: each.stat().st_mtime)
        spare = KEPT - len(kept - {None})
        for each in others[: len(others) - spare] if spare > 0 else others:
            _remove(each)


def _prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Every table of the contracts, typed, also before its first row. Where the contracts are those of last time this is one look-up."""
    connection.execute(
        f"CREATE SCHEMA IF NOT EXISTS pipeline; CREATE TABLE IF NOT EXISTS {_STATE} (name VARCHAR PRIMARY KEY, value VARCHAR)"
    )
    if _state(connection, "contracts") == _contracts():
        return
    connection.begin()
    try:
        _create_schemas(connection, schemas.TABLES)
        have = _columns_there(connection)
        changed = [_follow(connection, model, have.get(name, [])) for name, model in schemas.TABLES.items()]
        if any(changed):  # what stops remember of rows in the old shape is worth nothing
            connection.execute("DELETE FROM pipeline.stop_key")
        connection.execute(f"INSERT OR REPLACE INTO {_STATE} VALUES ('contracts', ?)", [_contracts()])
        connection.execute(f"INSERT OR IGNORE INTO {_STATE} VALUES ('revision', '0')")
        connection.commit()
    except BaseException:
        with contextlib.suppress(Exception):
            connection.rollback()
        raise


def _columns_there(connection: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[str, str, bool]]]:
    """(name, type, required) of each column of each table that the file has."""
    query = (
        "SELECT schema_name || '.' || table_name, column_name, data_type, NOT is_nullable FROM duckdb_columns() "
        "WHERE database_name = current_database() AND NOT internal ORDER BY schema_name, table_name, column_index"
    )
    tables: dict[str, list[tuple[str, str, bool]]] = {}
    for table, *column in connection.execute(query).fetchall():
        tables.setdefault(table, []).append(tuple(column))
    return tables


def _follow(connection: duckdb.DuckDBPyConnection, model: type[Contract], have: Sequence[tuple[str, str, bool]]) -> bool:
    """Makes the table as the contract has it. Of an older shape the columns that stay are kept, unless a new one may not be NULL: then the
    rows go, since they can be made again. Returns whether there was an older shape."""
    schema, table = model.name.split(".")
    want = [(one.name, one.sql_type, not one.nullable) for one in model.columns.values()]
    if list(have) == want:
        return False
    if not have:
        connection.execute(model.ddl())
        return False
    types = {name: kind for name, kind, _ in have}
    stays = [name for name, kind, _ in want if types.get(name) == kind]
    lost = [name for name, _, required in want if required and name not in stays]
    connection.execute(f"ALTER TABLE {model.name} RENAME TO {table}_before")
    connection.execute(model.ddl())
    if not lost:
        columns = ", ".join(f'"{name}"' for name in stays)
        filled = " AND ".join(f'"{name}" IS NOT NULL' for name, _, required in want if required) or "true"
        connection.execute(f"INSERT INTO {model.name} BY NAME SELECT {columns} FROM {schema}.{table}_before WHERE {filled}")
    connection.execute(f"DROP TABLE {schema}.{table}_before")
    return True


def _create_schemas(connection: duckdb.DuckDBPyConnection, tables: Mapping[str, type[Contract]]) -> None:
    names = dict.fromkeys(name.split(".")[0] for name in tables)
    connection.execute("; ".join(f"CREATE SCHEMA IF NOT EXISTS {name}" for name in names if name != "main"))


def _make_template(path: pathlib.Path, sql_files: Sequence[pathlib.Path], block_size: int) -> None:
    """Tables, comments, views and macros in a new file, opened by itself: in an attached one a macro would not find its tables."""
    import duckdb

    with duckdb.connect(str(path), config={"default_block_size": block_size}) as connection:
        connection.begin()
        _create_schemas(connection, schemas.PUBLISHED)
        models = schemas.PUBLISHED.values()
        connection.execute("; ".join([model.ddl() for model in models] + [statement for model in models for statement in model.comments()]))
        for file in sql_files:
            try:
                connection.execute(file.read_text(encoding="utf-8"))
            except duckdb.Error as reason:
                raise RuntimeError(f"sql/{file.name} can't be run: {reason}") from reason
        connection.commit()
        connection.execute("CHECKPOINT")


def _swap(link: pathlib.Path, target: str) -> None:
    """Points the link to the target, which is relative so that the home can be moved. A reader finds the old file or the new, never none."""
    fresh = link.with_name(f".{link.name}.{os.getpid()}")
    _remove(fresh)
    fresh.symlink_to(target)
    os.replace(fresh, link)


def _remove(path: pathlib.Path) -> None:
    for each in (path, path.with_name(path.name + ".wal")):
        each.unlink(missing_ok=True)


def _state(connection: duckdb.DuckDBPyConnection, name: str) -> str | None:
    rows = connection.execute(f"SELECT value FROM {_STATE} WHERE name = ?", [name]).fetchall()
    return rows[0][0] if rows else None


def _number(connection: duckdb.DuckDBPyConnection, statement: str, values: Sequence[Any] = ()) -> int:
    """The one number that a statement gives. All is fetched: a result with an end not yet seen keeps the connection from other work."""
    rows = connection.execute(statement, list(values)).fetchall()
    return int(rows[0][0]) if rows else 0


def _contracts() -> str:
    """A fingerprint of all contracts as the database sees them, descriptions included."""
    text = schemas.SCHEMA_VERSION + repr([(name, model.__doc__, model.column_rows()) for name, model in schemas.TABLES.items()])
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()


def _digest_of(folder: pathlib.Path) -> str:
    digest = hashlib.sha256()
    for file in sorted(folder.glob("*.sql")):
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()
