"""The "For you" page as rows: shelves in their order, no song twice, never a seed or a like."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from catalog.table import SongTable
from serving.ranking import diversity
from serving.ranking.recommender import NOTHING, Ranking, Recommender
from serving.ranking.taste_clusters import interleave, tastes

_ANCHORS = 3  # "because you like …" shelves
_ARTISTS = 2  # "more of …" shelves
_MIXES = 3  # "mix" shelves of a listener with several tastes
_MIX_OF = 3  # songs that make a taste worth a shelf of its own
_NEAR = 0.001  # a score below it is the noise of float32 sums
_NAMED = 3  # artists that name a mix


@dataclass(frozen=True)
class Shelf:
    """One row of the page. `id` stays the same from page to page."""

    id: str
    title: str
    reason: str
    ranking: Ranking


@dataclass
class Page:
    """What the shelves are made of, and the songs that stand on the page already.

    seeds and likes are rows, likes newest first; k songs a shelf.
    """

    songs: SongTable
    recommender: Recommender
    seeds: Sequence[int]
    likes: Sequence[int]
    liked_weight: float
    k: int
    taken: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.taken |= {*self.seeds, *self.likes}

    @cached_property
    def anchors(self) -> list[int]:
        """Songs this listener chose, each once: likes, newest first, then seeds."""
        return list(dict.fromkeys([*self.likes, *self.seeds]))

    @cached_property
    def tastes(self) -> list[list[int]]:
        """The chosen songs in groups, the largest first; one group for few songs or one taste."""
        return [[self.anchors[i] for i in group] for group in tastes(self.recommender.directions_of(self.anchors))]

    def personal(self, first_row: int = 0) -> Ranking:
        """Candidates near the listener's profile; with several tastes, near each in turn."""
        if len(self.tastes) == 1:
            return self._near_songs(self.seeds, self.likes, first_row)
        answers = [self.near_taste(taste, first_row) for taste in self.tastes]
        return interleave(answers, [len(taste) / len(self.anchors) for taste in self.tastes])

    def near_taste(self, taste: Sequence[int], first_row: int = 0) -> Ranking:
        """Candidates near some of the chosen songs."""
        liked = set(self.likes)
        seeds = [row for row in taste if row not in liked]
        return self._near_songs(seeds, [row for row in taste if row in liked], first_row)

    def _near_songs(self, seeds: Sequence[int], likes: Sequence[int], first_row: int) -> Ranking:
        choice = self.k * diversity.CHOICE
        return near(self.recommender.for_profile(seeds, likes, self.liked_weight, choice, self.taken, first_row))

    def left(self, candidates: Ranking) -> Ranking:
        """The candidates that do not stand on the page yet."""
        kept = [i for i, row in enumerate(candidates.rows) if row not in self.taken]
        return candidates.at(kept)

    def tidy(self, candidates: Ranking, about: int | None = None) -> Ranking:
        """The best k of the candidates: one version of a song on the page, no artist too often on the shelf."""
        return diversity.tidy(candidates, self.songs, self.k, self.taken, about)


def build_shelves(page: Page) -> list[Shelf]:
    """All shelves that have something to show. A listener without seeds and likes gets the popular one."""
    shelves = []
    for source in _SHELVES:
        for shelf in source(page):
            if shelf.ranking.rows:
                page.taken.update(shelf.ranking.rows)
                shelves.append(shelf)
    return shelves


def _made_for_you(page: Page) -> Iterator[Shelf]:
    reason = _count(len(page.seeds), "song you chose", "songs you chose")
    if page.likes:
        liked = _count(len(page.likes), "you like", "you like")
        reason = f"{reason} and {liked}" if page.seeds else _count(len(page.likes), "song you like", "songs you like")
    yield Shelf("made_for_you", "Made for you", f"Near the {reason}", page.tidy(page.personal()))


def _mixes(page: Page) -> Iterator[Shelf]:
    """A shelf for each of several tastes, named after the artists that the listener has most songs of."""
    if len(page.tastes) == 1:
        return
    worth_a_shelf = [taste for taste in page.tastes if len(taste) >= _MIX_OF][:_MIXES]
    for place, taste in enumerate(worth_a_shelf, start=1):
        artists = Counter(page.songs.song(row).artist for row in taste)
        names = ", ".join(artist for artist, _ in artists.most_common(_NAMED))
        reason = f"Around {_count(len(taste), 'song', 'songs')} you chose, by {names}"
        reason += " and others" if len(artists) > _NAMED else ""
        yield Shelf(f"mix:{place}", f"Mix: {names}", reason, page.tidy(page.near_taste(taste)))


def _because_you_like(page: Page) -> Iterator[Shelf]:
    anchors = _one_an_artist(page.songs, page.anchors)[:_ANCHORS]
    # each shelf takes k songs that the next ones may not show again
    choice = page.k * (diversity.CHOICE + len(anchors))
    for anchor, candidates in zip(anchors, page.recommender.similar_to_each(anchors, choice, page.taken), strict=True):
        song = page.songs.song(anchor)
        close = near(page.left(candidates))
        yield Shelf(
            f"because_you_like:{song.song_id}",
            f"Because you like {song.track}",
            f"Near {song.track} by {song.artist}",
            page.tidy(close, about=anchor),
        )


def _more_of(page: Page) -> Iterator[Shelf]:
    by_artist: dict[int, list[int]] = {}
    for row in page.anchors:
        by_artist.setdefault(int(page.songs.artist_code[row]), []).append(row)
    # the artists with most of the listener's songs; among equals the one chosen last
    favourites = sorted(by_artist.values(), key=len, reverse=True)
    shown = 0
    for chosen in favourites:
        more = [row for row in page.songs.rows_by_artist_of(chosen[0]).tolist() if row not in page.taken]
        if not more:
            continue
        ranking = diversity.one_version(page.recommender.by_popularity(more), page.songs.song_code, page.taken)
        if not ranking.rows:
            continue
        artist = page.songs.song(chosen[0]).artist
        reason = f"{_count(len(chosen), 'song', 'songs')} by {artist} among those you chose"
        yield Shelf(f"more_of:{artist}", f"More of {artist}", reason, ranking.at(range(len(ranking.rows))[: page.k]))
        shown += 1
        if shown == _ARTISTS:
            return


def _popular(page: Page) -> Iterator[Shelf]:
    candidates = page.recommender.popular(page.k * diversity.CHOICE, page.taken)
    yield Shelf("popular", "Popular", "Most listened in this catalog", page.tidy(candidates))


def _hidden_gems(page: Page) -> Iterator[Shelf]:
    known = bool(page.seeds or page.likes)
    candidates = page.personal(page.recommender.long_tail) if known else NOTHING
    yield Shelf("hidden_gems", "Hidden gems", "Near your taste, off the beaten track", page.tidy(candidates))


# The page from top to bottom. What stands on an upper shelf does not stand on a lower one.
_SHELVES: tuple[Callable[[Page], Iterator[Shelf]], ...] = (
    _made_for_you,
    _mixes,
    _because_you_like,
    _more_of,
    _popular,
    _hidden_gems,
)


def near(candidates: Ranking) -> Ranking:
    """Without what has nothing to do with the query: in a small catalog even the nearest may lie at a right angle."""
    count = sum(score >= _NEAR for score in candidates.scores)  # best first, so these come first
    return Ranking(candidates.rows[:count], candidates.scores[:count])


def _one_an_artist(songs: SongTable, rows: Sequence[int]) -> list[int]:
    """The first row of each artist, then the others, so that a few anchors show different artists."""
    seen: set[int] = set()
    first: list[int] = []
    rest: list[int] = []
    for row in rows:
        code = int(songs.artist_code[row])
        (rest if code in seen else first).append(row)
        seen.add(code)
    return first + rest


def _count(n: int, one: str, many: str) -> str:
    return f"{n} {one if n == 1 else many}"
