"""Answers made from rollups, each for as many questions of a world as it can serve, under each reader's policies."""

from collections.abc import Sequence

import duckdb
import pyarrow as pa

from core.errors import UserError
from metrics import Catalog, compile_query
from metrics.plan import build_plan
from metrics.policy import Reader, ReaderView, read_policies, resolve, restrict
from metrics.rollup import Rollup, StoredRollup, choose_rollups, compile_rollup, compile_totals, needs_of
from tests.oracle.world import Question, World
from tests.oracle.writing import write_policies, write_question, write_schema


def view_of(world: World, question: Question, catalog: Catalog) -> ReaderView | None:
    """What the reader of a question sees; None for every row."""
    reader = question.reader
    if reader is None:
        return None
    return resolve(
        read_policies(write_policies(reader)).values(),
        catalog,
        write_schema(world),
        Reader(roles=reader.roles, attributes=dict(reader.attributes)),
    )


class Rolling:
    """The rollups of a world's questions. Those without a reader share theirs; each reader has rollups of their own."""

    def __init__(
        self, world: World, questions: Sequence[Question], catalog: Catalog, connection: duckdb.DuckDBPyConnection
    ) -> None:
        self._world, self._catalog, self._connection = world, catalog, connection
        self._count = 0
        self._shared = self._build([one for one in questions if one.reader is None], None)

    def answer(self, question: Question) -> pa.Table | None:
        """The answer from rollups, None where it cannot be made of any."""
        query, context = write_question(question)
        stored = self._shared if question.reader is None else self._build([question], self._view(question))
        rolled = compile_query(self._catalog, query, context, rollups=stored).rolled
        return None if rolled is None else self._connection.execute(rolled.sql, rolled.parameters).to_arrow_table()

    def _view(self, question: Question) -> ReaderView | None:
        return view_of(self._world, question, self._catalog)

    def _build(self, questions: Sequence[Question], view: ReaderView | None) -> tuple[StoredRollup, ...]:
        needs: list[Rollup] = []
        for question in questions:
            query, context = write_question(question)
            try:
                needs += needs_of(build_plan(self._catalog, query, context)) or ()
            except UserError:
                continue
        chosen = choose_rollups(needs, lambda _rollup: True, least_needs=1)
        built = [self._keep(rollup, question=questions[0], view=view) for rollup in chosen]
        return tuple(stored for stored in built if stored is not None)

    def _keep(self, rollup: Rollup, *, question: Question, view: ReaderView | None) -> StoredRollup | None:
        """Put one in a table; None where its totals are not those of the rows, because a key came twice."""
        self._count += 1
        stored = StoredRollup(rollup=rollup, table=f"rollup {self._count}")
        trees = compile_rollup(self._catalog, rollup, write_question(question)[1])
        statements = []
        for tree in (trees.rows, trees.totals):
            sql, values = tree.sql("duckdb"), trees.parameters
            if view is not None:
                try:
                    sql, values = restrict(tree, view, trees.parameters)
                except UserError:
                    return None
            statements.append((sql, values))
        (rows, row_values), (totals, total_values) = statements
        self._connection.execute(f'CREATE OR REPLACE TABLE "{stored.table}" AS {rows}', row_values)
        own = self._connection.execute(compile_totals(self._catalog, stored).sql("duckdb")).fetchall()
        return stored if own == self._connection.execute(totals, total_values).fetchall() else None
