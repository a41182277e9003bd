"""What a person sees while training: lines, a progress bar, a table. The one place of `training` that prints."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

_WIDE = 160  # characters of a line in a log file, which has no width of its own


@dataclass(frozen=True)
class Bar:
    """A running progress bar."""

    progress: Progress
    task: TaskID

    def tell(self, note: str) -> None:
        """What is being done, beside the bar; nothing more is done yet."""
        self.progress.update(self.task, note=escape(note))

    def step(self, note: str) -> None:
        """One more done; `note` stands beside the bar."""
        self.progress.update(self.task, advance=1, note=escape(note))


class Report:
    """Lines to standard output, faults to standard error."""

    def __init__(self, out: Console | None = None, err: Console | None = None) -> None:
        self._out = out or Console(highlight=False, soft_wrap=True)
        if out is None and not self._out.is_terminal:
            self._out.width = _WIDE
        self._err = err or Console(stderr=True, highlight=False, soft_wrap=True)

    def say(self, line: str) -> None:
        """One line of what is going on."""
        self._out.print(escape(line))

    def fault(self, line: str) -> None:
        """One line of what stopped the run."""
        self._err.print(escape(line))

    @contextmanager
    def bar(self, title: str, total: int) -> Iterator[Bar]:
        """A progress bar; on a terminal it moves, in a log file its last state is one line."""
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[note]}"),
        )
        with Progress(*columns, console=self._out) as progress:
            yield Bar(progress, progress.add_task(escape(title), total=total, note=""))

    def table(self, title: str, head: list[str], rows: list[list[str]], numbers: Collection[int] | None = None) -> None:
        """A table. numbers: the places of the columns that hold numbers, all but the first where nothing is said."""
        table = Table(title=escape(title), title_justify="left")
        for place, name in enumerate(head):
            is_number = place in numbers if numbers is not None else place > 0
            table.add_column(escape(name), justify="right" if is_number else "left")
        for row in rows:
            table.add_row(*(escape(cell) for cell in row))
        self._out.print(table)
