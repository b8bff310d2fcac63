"""Processes that compute a stop's rows: a pool on this machine, or a dask cluster.

Belongs here: starting and ending them, the files that they read. Does not: what they do (assets/batches.py).
"""

from __future__ import annotations

import itertools
import os
import pathlib
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any

from dagster_project.extractor import forking


class Helpers:
    """The processes of one run. close() ends them and removes their files."""

    def __init__(self, warehouse: Any, folder: pathlib.Path, workers: int | None, cluster: str | None) -> None:
        self.warehouse, self.folder = warehouse, folder.absolute()
        shutil.rmtree(self.folder, ignore_errors=True)  # of a run that was killed
        self.folder.mkdir(parents=True)
        self._numbers = itertools.count()
        self._files: dict[tuple[str, tuple[str, ...]], str] = {}
        self._client: Any = None
        if cluster:
            from distributed import Client

            self._client = Client(cluster, timeout="30s", set_as_default=False)
            self._executor = self._client.get_executor(pure=False)
            self.count = max(1, sum(self._client.nthreads().values()))
        else:
            from concurrent.futures import ProcessPoolExecutor

            self.count = workers or os.cpu_count() or 1
            self._executor = ProcessPoolExecutor(self.count, forking())

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Future[Any]:
        return self._executor.submit(function, *arguments)

    def prefix(self, stop: str) -> str:
        """What the names of a batch's files begin with."""
        return str(self.folder / f"{stop}.{next(self._numbers)}")

    def files(self, tables: Sequence[str], articles: Sequence[str]) -> dict[str, str]:
        """The tables' rows of these articles as files, written once for all stops that read them."""
        return {table: self._file(table, tuple(articles)) for table in (*tables, "quality.correction")}

    def _file(self, table: str, articles: tuple[str, ...]) -> str:
        if (table, articles) not in self._files:
            from pyarrow import feather

            path = self.prefix(table) + ".arrow"
            feather.write_feather(self.warehouse.arrow(table, articles), path, compression="lz4")
            self._files[table, articles] = path
        return self._files[table, articles]

    def forget(self, tables: Sequence[str]) -> None:
        """These tables have changed."""
        for key in [key for key in self._files if key[0] in tables]:
            os.remove(self._files.pop(key))

    def close(self) -> None:
        self._executor.shutdown(wait=False, cancel_futures=True)
        if self._client is not None:
            self._client.close()
        shutil.rmtree(self.folder, ignore_errors=True)
