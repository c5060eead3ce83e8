"""Which column of an inventory is which descriptor, and how its cells are converted before they are read.

A map invents nothing: a descriptor's value is given by a cell, derived by a rule that the map states, or unknown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Annotated, Literal

import polars as pl

from whichcompute.base.errors import InventoryError, shown
from whichcompute.base.words import did_you_mean
from whichcompute.inventory.maps import entry_parts
from whichcompute.inventory.maps.entry_parts import UNSETTLED, Texts
from whichcompute.inventory.maps.neighbours import Neighbours
from whichcompute.inventory.maps.numerals import Marks
from whichcompute.inventory.maps.paths import CONDITION, PATH, Place, at_path, base, bases, normal
from whichcompute.inventory.maps.values import blank, by_pattern, by_value, cite, day_of, heading, listed, number, total
from whichcompute.knowledge.descriptors import DECIDING, DESCRIPTORS

Origin = Literal["given", "derived"]
_BARE = r"^[^A-Za-z]*[\d.](?:[eE][+-]?\d+)?\s*$"  # a number without a unit


@dataclass(frozen=True, slots=True)
class Column:
    """How one descriptor is read: from the first of `sources` that is not empty.

    `always` is a value for every row. `unit` applies to numbers without one; `?`: the values settle it. `since` is a
    format of days and the last day (ISO 8601) on which a machine must have started; later cells are empty. `unit_from`
    is a column that names the unit.

    `times` and `over` are columns to multiply and divide by, `times_if_known` columns to multiply by where they are not
    empty, `factor` is a number to multiply by; `plus` names columns whose amounts are added where they are not empty.
    `table` names patterns, `values` maps cells to values. `single`: a product counts only if at most one of its numbers
    is above 1, as tools differ in what they count. `hint`: what the cells say is an indication only, shown in the notes
    of the row; cells without one mean unknown. `rule` says how the value is derived.

    A source may end in the path of a value in a cell of JSON (`State$.Name`), or in the cell that another column must
    have (`Tag 1?Category 1=OS`). In files the part `sources` is written `from`.
    """

    descriptor: str
    sources: Annotated[tuple[str, ...], entry_parts.sources] = field(default=(), metadata={"key": "from"})
    always: Annotated[str, entry_parts.cell] = ""
    unit: Annotated[str, entry_parts.cell] = ""
    since: Annotated[tuple[str, str], entry_parts.since] = ("", "")
    unit_from: str = ""
    times: Texts = ()
    times_if_known: Texts = ()
    over: Texts = ()
    plus: Annotated[tuple[str, ...], entry_parts.sources] = ()
    factor: Annotated[float, entry_parts.factor] = 1.0
    table: Annotated[str, entry_parts.table] = ""
    values: Annotated[Mapping[str, str], entry_parts.meanings] = field(default_factory=dict)
    single: bool = False
    hint: bool = False
    rule: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """All columns of the inventory that are needed."""
        units = (self.unit_from,) if self.unit_from else ()
        return (*self.sources, *self.times, *self.over, *self.times_if_known, *self.plus, *units)

    @property
    def computed(self) -> bool:
        """Whether the value is a product of several numbers."""
        return bool(self.times or self.times_if_known or self.over or self.factor != 1)

    @property
    def origin(self) -> Origin:
        """`given` if the cell itself is the value."""
        return "derived" if self.computed or self.plus or self.table or self.values or self.always else "given"


@dataclass(frozen=True, slots=True)
class Skip:
    """Rows to skip: those whose cell in `column` is one of `values` or starts with `prefix`, ignoring case.

    With `unless`, rows with any other cell than one of these are skipped, except empty ones. `guessed`: the title only
    suggests the column, and its values must agree.
    """

    column: str
    values: Annotated[tuple[str, ...], entry_parts.words] = ()
    because: str = ""
    prefix: Annotated[str, entry_parts.lower] = ""
    unless: Annotated[tuple[str, ...], entry_parts.words] = ()
    guessed: bool = False


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """How an inventory of one kind is read. `ids`: the columns that may name a row, in order of preference.

    `usual`: the descriptors whose columns are candidates by their usual titles, of which the values choose.
    Columns named like a descriptor are read as well, and take precedence over those of the map.
    """

    name: str
    columns: tuple[Column, ...]
    skips: tuple[Skip, ...] = ()
    ids: tuple[str, ...] = ("workload_id",)
    notes: tuple[str, ...] = ()
    usual: frozenset[str] = frozenset()

    def check(self, header: Sequence[str], name: str) -> None:
        """InventoryError when the inventory lacks a column that this map names."""
        known = [normal(column) for column in header]
        named = [column for each in self.columns for column in each.names] + [skip.column for skip in self.skips]
        if absent := [column for column in named if base(column) not in known]:
            hint = shown(did_you_mean(absent[0], header))
            raise InventoryError(f"{self.name}: {name} has no column '{shown(absent[0])}'{hint}")

    def without_hints(self) -> ColumnMap:
        """The map without descriptors that cells only indicate."""
        return replace(self, columns=tuple(column for column in self.columns if not column.hint))

    def bind(self, header: Sequence[str]) -> BoundMap:
        """The map for an inventory with this header; absent columns are left out."""
        at: dict[str, int] = {}
        for position, name in enumerate(header):
            at.setdefault(normal(name), position)
        mapped: dict[str, Column] = {}
        for column in self.columns:
            if (bound := _present(column, at)) is not None:
                mapped.setdefault(bound.descriptor, bound)
        aside = {base(skip.column) for skip in self.skips}
        own = [Column(name, (name,)) for name in DECIDING if name in at and name not in mapped and name not in aside]
        columns = (*mapped.values(), *own)
        skips = tuple(skip for skip in self.skips if base(skip.column) in at)
        ids = [at[normal(name)] for name in (*self.ids, *at) if normal(name) in at]
        return BoundMap(self.name, columns, skips, at, ids[0] if ids else None, usual=self.usual)


def _present(column: Column, at: Mapping[str, int]) -> Column | None:
    found = tuple(name for name in column.sources if all(each in at for each in bases(name)))
    whole = all(base(name) in at for name in (*column.times, *column.over))
    kept, plus = (tuple(name for name in each if base(name) in at) for each in (column.times_if_known, column.plus))
    units = column.unit_from if base(column.unit_from) in at else ""
    present = replace(column, sources=found, times_if_known=kept, plus=plus, unit_from=units)
    return present if column.always or (found and whole) else None


@dataclass(frozen=True, slots=True)
class BoundMap:
    """A map bound to a header: `at` holds positions by normalised column name, `id` the position of the row's name.

    `marks` are the decimal and thousands marks of places whose numbers have any; `beside`, by descriptor, the amounts
    with a unit beside those without. `aside` sets rows aside that are no workloads at all, such as totals, and
    `headings` those that have several words in the first of these columns and nothing in the others.
    """

    name: str
    columns: tuple[Column, ...]
    skips: tuple[Skip, ...]
    at: Mapping[str, int]
    id: int | None
    marks: Mapping[Place, Marks] = field(default_factory=dict)
    aside: tuple[Skip, ...] = ()
    headings: tuple[int, ...] = ()
    usual: frozenset[str] = frozenset()
    beside: Mapping[str, Neighbours] = field(default_factory=dict)

    @property
    def needed(self) -> tuple[int, ...]:
        """Positions of the columns whose cells are read; of machines their names too, as one without any is none."""
        return tuple(sorted({*self._named, *self.headings}))

    @property
    def _named(self) -> set[int]:
        """The positions of the columns without any cell of which a row is empty."""
        names = [self.id] if self.id is not None and any(column.always for column in self.columns) else []
        return {*self.positions, *names, *(self.at[base(skip.column)] for skip in self.aside)}

    @property
    def positions(self) -> tuple[int, ...]:
        """Positions of the columns that answers depend on."""
        names = [each for column in self.columns for name in column.names for each in bases(name)]
        names += [base(skip.column) for skip in self.skips]
        names += [column.descriptor for column in self.columns if column.descriptor in self.at]
        return tuple(sorted({self.at[name] for name in names}))

    @property
    def plain(self) -> dict[int, str]:
        """Positions of the columns that are read unchanged, with their descriptors."""
        plain = (column for column in self.columns if _is_plain(column))
        named = {self.at[base(column.sources[0])]: column.descriptor for column in plain}
        return {at: name for at, name in named.items() if self.at.get(name, at) == at}

    def positions_of(self, field: str) -> tuple[int, ...]:
        """Positions of the columns that a descriptor is read from."""
        names = [base(name) for column in self.columns if column.descriptor == field for name in column.names]
        return tuple(dict.fromkeys(self.at[name] for name in (field, *names) if name in self.at))

    def place(self, name: str) -> Place:
        """Where the numbers of a source stand."""
        own = CONDITION.split(name, 1)[0]
        return own if PATH.search(own) else self.at[normal(own)]

    def places_of(self, field: str) -> set[Place]:
        """Where the numbers of a descriptor stand."""
        names = [name for column in self.columns if column.descriptor == field for name in column.names]
        return {*self.positions_of(field), *(self.place(name) for name in names if base(name) in self.at)}

    def fields(self, cells: pl.DataFrame) -> pl.DataFrame:
        """The cells (columns named by position), followed by the descriptor columns to be typed."""
        return cells.with_columns(self._expr(column).alias(column.descriptor) for column in self.columns)

    def _expr(self, column: Column) -> pl.Expr:
        if column.descriptor in self.at and column.descriptor not in map(normal, column.names):
            own = self.filled(column.descriptor)
            own = pl.when(~own.str.starts_with("{")).then(own)  # of an object, what paths name is read
            return pl.coalesce(own, self._mapped(column).cast(pl.String))
        return self._mapped(column)

    def _mapped(self, column: Column) -> pl.Expr:
        if column.always:
            read = [self.filled(name).is_not_null() for each in self.columns for name in each.sources]
            # A heading or an empty line between machines is none of them.
            return pl.when(pl.any_horizontal(read)).then(pl.lit(column.always)) if read else pl.lit(column.always)
        if _is_plain(column):
            return self._cell(column.sources[0])
        cells = [self._with_unit(name, column) for name in column.sources]
        cell = pl.coalesce(cells)
        if column.since[0]:
            cell = pl.when(day_of(cell, column.since[0]) <= date.fromisoformat(column.since[1])).then(cell)
        if column.computed:
            return self._computed(column, pl.coalesce([self.filled(name) for name in column.sources]))
        if column.plus:
            cells = [self.filled(name) for name in (*column.sources, *column.plus)]
            return total(cells, DESCRIPTORS[column.descriptor].unit, column.unit)
        if column.table:
            found = [by_pattern(each, column.table, pl.lit(None, pl.String)) for each in cells]
            meant = [pl.when(value != "").then(value) for value in found]
            cell = pl.coalesce(*meant, *found, cell)
        return by_value(cell, column.values) if column.values else cell

    def _with_unit(self, name: str, column: Column) -> pl.Expr:
        """The cell of a source, with the unit of its column where it is a number without one."""
        cell, unit = self.filled(name), column.unit.strip(UNSETTLED)
        if not column.unit_from and not unit:
            return cell
        units = pl.coalesce(self.filled(column.unit_from), pl.lit(column.unit)) if column.unit_from else pl.lit(unit)
        near = self.beside.get(column.descriptor)
        named = near.named(cell, self._vcpus()) if near else cell + units
        return pl.when(cell.str.contains(_BARE)).then(named).otherwise(cell)

    def _vcpus(self) -> pl.Expr:
        found = next((column for column in self.columns if column.descriptor == "vcpus" and not column.always), None)
        return number(self._expr(found).cast(pl.String)) if found else pl.lit(None, pl.Float64)

    def _computed(self, column: Column, cell: pl.Expr) -> pl.Expr:
        """The product as text; factors that cannot be multiplied are joined as text, so that the cell is rejected."""
        product = number(cell) * column.factor
        words = [cell]
        for names, sign in ((column.times, " x "), (column.over, " / ")):
            for name in names:
                other = self.filled(name)
                product = product * number(other) if names is column.times else product / number(other)
                words += [pl.lit(sign), other]
        for name in column.times_if_known:
            product = product * number(self.filled(name)).fill_null(1.0)
        if DESCRIPTORS[column.descriptor].integer:
            product = product.round()
        if column.single:
            numbers = [number(cell), *(number(self.filled(name)) for name in column.times_if_known)]
            words = [cell, *(part for name in column.times_if_known for part in (pl.lit(" and "), self.filled(name)))]
            product = pl.when(pl.sum_horizontal([each > 1 for each in numbers]) < 2).then(product)
        whole = pl.all_horizontal([word.is_not_null() for word in words])
        written = product.cast(pl.String) + column.unit
        return pl.when(whole & product.is_null()).then(pl.concat_str(words)).otherwise(written)

    def _cell(self, name: str) -> pl.Expr:
        name, *condition = CONDITION.split(name, 1)
        if condition:
            other, _, word = condition[0].partition("=")
            met = self.filled(other).str.strip_chars().str.to_lowercase() == word.lower()
            return pl.when(met).then(self._cell(name))
        column, *path = PATH.split(name, 1)
        cell, place = pl.col(str(self.at[normal(column)])), self.place(name)
        cell = at_path(cell.cast(pl.String), path[0]) if path else cell
        return self.marks[place].plain(cell.cast(pl.String)) if place in self.marks else cell

    def filled(self, name: str) -> pl.Expr:
        """The cell of a source as text; null if it is empty."""
        cell = self._cell(name).cast(pl.String)
        return pl.when(cell.str.strip_chars() != "").then(cell)

    def indications(self, cells: pl.DataFrame, typed: pl.DataFrame) -> Iterator[tuple[pl.Series, pl.Series]]:
        """For each descriptor that is only indicated: the rows that have it, and a note on each."""
        for column in self.columns:
            if not column.hint or column.descriptor in self.at:
                continue
            rows = typed[column.descriptor].is_not_null().arg_true()
            value = pl.lit(typed[column.descriptor].gather(rows).cast(pl.String))
            own = pl.coalesce([self._indicating(name, column) for name in column.sources])
            note = pl.format("{} = {} is derived from {}", pl.lit(column.descriptor), value, own)
            yield rows, cells[rows].select(note.alias("note")).to_series()

    def _indicating(self, name: str, column: Column) -> pl.Expr:
        """The cell of a source that indicates something, shortened, with the name of its column."""
        read, table = self._with_unit(name, column), column.table
        return pl.when((by_pattern(read, table) if table else read) != "").then(cite(self.filled(name), name))

    def skipped(self, cells: pl.DataFrame) -> pl.Series | None:
        """For each row why it is skipped, as empty ones among machines are; null: it is not. None: no row is."""
        skips = (*self.aside, *self.skips)
        texts = (self._cell(skip.column).cast(pl.String) for skip in skips)
        held = (listed(text, skip.values, skip.prefix, skip.unless) for text, skip in zip(texts, skips, strict=True))
        reasons = [pl.when(each).then(pl.lit(skip.because)) for each, skip in zip(held, skips, strict=True)]
        if self.headings:
            alone = pl.when(heading([*map(str, self.headings)]))
            reasons.insert(len(self.aside), alone.then(pl.lit("a heading, not a workload")))
        if self._named and any(column.always for column in self.columns):
            reasons.append(pl.when(blank([*map(str, self._named)])).then(pl.lit("the row is empty")))
        return cells.select(pl.coalesce(reasons).alias("skipped")).to_series() if reasons else None


def _is_plain(column: Column) -> bool:
    read = any(PATH.search(name) or CONDITION.search(name) for name in column.sources)
    return column == Column(column.descriptor, column.sources[:1]) and not read
