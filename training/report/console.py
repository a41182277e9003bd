"""What a person sees while training: lines, a progress bar, a table. The one place of `training` that prints."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import timedelta

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

_WIDE = 160  # characters of a line in a log file, which has no width of its own
_LINES = 10  # that a log file has of a bar


class Bar:
    """A running progress bar; in a log file, which nothing can move in, a line for each tenth."""

    def __init__(self, console: Console, title: str, total: int) -> None:
        self._console = console
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[note]}"),
        )
        self.progress = Progress(*columns, console=console, disable=not console.is_terminal)
        self._task = self.progress.add_task(escape(title), total=total, note="")

    def tell(self, note: str) -> None:
        """What is being done, beside the bar; nothing more is done yet."""
        self.progress.update(self._task, note=escape(note))

    def step(self, note: str) -> None:
        """One more done; `note` stands beside the bar."""
        self.progress.update(self._task, advance=1, note=escape(note))
        (task,) = self.progress.tasks
        done, total = int(task.completed), int(task.total or 1)
        if self.progress.disable and done * _LINES // total > (done - 1) * _LINES // total:
            elapsed = timedelta(seconds=int(task.elapsed or 0))
            self._console.print(f"{task.description} {done}/{total} {elapsed} {escape(note)}")


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
        """A progress bar."""
        bar = Bar(self._out, title, total)
        with bar.progress:
            yield bar

    def table(self, title: str, head: list[str], rows: list[list[str]], numbers: Collection[int] | None = None) -> None:
        """A table. numbers: the places of the columns that hold numbers, all but the first where nothing is said."""
        table = Table(title=escape(title), title_justify="left")
        for place, name in enumerate(head):
            is_number = place in numbers if numbers is not None else place > 0
            table.add_column(escape(name), justify="right" if is_number else "left")
        for row in rows:
            table.add_row(*(escape(cell) for cell in row))
        self._out.print(table)
