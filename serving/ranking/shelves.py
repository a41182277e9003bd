"""The "For you" page as rows: shelves in their order, no song twice, never a seed or a like."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from catalog.table import SongTable
from serving.ranking import diversity
from serving.ranking.page import Page, near
from serving.ranking.recommender import NOTHING, Ranking
from serving.ranking.words import Phrase, Words

_ANCHORS = 3  # "because you like …" shelves
_ARTISTS = 2  # "more of …" shelves
_MIXES = 3  # "mix" shelves of a listener with several tastes
_MIX_OF = 3  # songs that make a taste worth a shelf of its own
_NAMED = 3  # artists that name a mix


@dataclass(frozen=True)
class Shelf:
    """One row of the page. `id` stays the same from page to page."""

    id: str
    title: Words
    reason: Words
    ranking: Ranking


def build_shelves(page: Page) -> list[Shelf]:
    """All shelves that have something to show. A listener without seeds and likes gets the popular one."""
    shelves = []
    for source in _SHELVES:
        for shelf in source(page):
            if shelf.ranking.rows:
                page.taken.update(shelf.ranking.rows)
                shelves.append(shelf)
    return shelves


def whole_shelf(page: Page, shelf_id: str, depth: int) -> Shelf | None:
    """A shelf of the page and behind it some `depth` songs that would follow; None where the page has no such shelf."""
    shown = next((shelf for shelf in build_shelves(page) if shelf.id == shelf_id), None)
    if shown is None:
        return None
    deeper = replace(page, k=depth)  # it leaves out all that stands on the page
    more = (shelf for source in _SHELVES for shelf in source(deeper) if shelf.id == shelf_id)
    rest = next((shelf.ranking for shelf in more), NOTHING)
    return replace(shown, ranking=Ranking(shown.ranking.rows + rest.rows, shown.ranking.scores + rest.scores))


def _made_for_you(page: Page) -> Iterator[Shelf]:
    chosen, liked = len(page.seeds), len(page.likes)
    text = f"Near the {_count(chosen, 'song you chose', 'songs you chose')}"
    reason = Words(Phrase.NEAR_CHOSEN, text, count=chosen)
    if liked:
        reason = Words(Phrase.NEAR_CHOSEN_AND_LIKED, f"{text} and {liked} you like", count=chosen, liked=liked)
    if not chosen:
        text = f"Near the {_count(liked, 'song you like', 'songs you like')}"
        reason = Words(Phrase.NEAR_LIKED, text, count=liked, liked=liked)
    if page.heard.profile:
        reason = _and_played(reason)
    yield Shelf("made_for_you", Words(Phrase.MADE_FOR_YOU, "Made for you"), reason, page.tidy(page.personal()))


def _and_played(reason: Words) -> Words:
    """The reason where what was played counts as well."""
    if not reason.count:
        return Words(Phrase.NEAR_PLAYED, "Near what you listen to")
    return replace(reason, code=Phrase.NEAR_CHOSEN_AND_PLAYED, text=f"{reason.text} and what you listen to")


def _on_repeat(page: Page) -> Iterator[Shelf]:
    ranking = page.heard.on_repeat(page.k, page.taken)
    yield Shelf(
        "on_repeat",
        Words(Phrase.ON_REPEAT, "On repeat"),
        Words(Phrase.PLAYED_MOST, "What you played most in the last 30 days"),
        ranking,
    )


def _jump_back_in(page: Page) -> Iterator[Shelf]:
    ranking = page.heard.jump_back_in(page.k, page.taken)
    yield Shelf(
        "jump_back_in",
        Words(Phrase.JUMP_BACK_IN, "Jump back in"),
        Words(Phrase.PLAYED_LAST, "What you played last"),
        ranking,
    )


def _new_to_you(page: Page) -> Iterator[Shelf]:
    reason = Words(Phrase.ARTISTS_NOT_PLAYED, "By artists you have not played yet; the same songs until Monday")
    yield Shelf("new_to_you", Words(Phrase.NEW_TO_YOU, "New to you this week"), reason, page.new_this_week)


def _rediscover(page: Page) -> Iterator[Shelf]:
    ranking = page.heard.rediscover(page.k, page.taken)
    reason = Words(Phrase.NOT_PLAYED_LATELY, "You played these a lot, and not for three months")
    yield Shelf("rediscover", Words(Phrase.REDISCOVER, "Rediscover"), reason, ranking)


def _mixes(page: Page) -> Iterator[Shelf]:
    """A shelf for each of several tastes, named after the artists that the listener has most songs of."""
    if len(page.tastes) == 1:
        return
    # the largest taste comes first
    worth_a_shelf = [taste for taste in page.tastes[:_MIXES] if len(taste) >= _MIX_OF]
    for place, taste in enumerate(worth_a_shelf):
        artists = Counter(page.songs.song(row).artist for row in taste)
        named = tuple(artist for artist, _ in artists.most_common(_NAMED))
        names = ", ".join(named)
        text = f"Around {_count(len(taste), 'song', 'songs')} you chose, by {names}"
        text += " and others" if len(artists) > _NAMED else ""
        title = Words(Phrase.MIX, f"Mix: {names}", artists=named)
        reason = Words(Phrase.AROUND_CHOSEN, text, artists=named, count=len(taste))
        yield Shelf(f"mix:{place + 1}", title, reason, page.tidy(page.near_taste(place)))


def _because_you_like(page: Page) -> Iterator[Shelf]:
    anchors = _one_an_artist(page.songs, page.anchors)[:_ANCHORS]
    chosen = {*page.likes, *page.seeds}
    # each shelf takes k songs that the next ones may not show again
    choice = page.k * (diversity.CHOICE + len(anchors))
    for anchor, candidates in zip(
        anchors, page.recommender.similar_to_each(anchors, choice, page.taken | page.heard.known), strict=True
    ):
        song = page.songs.song(anchor)
        close = near(page.left(candidates))
        how = "like" if anchor in chosen else "listen to"
        yield Shelf(
            f"because_you_{how.replace(' ', '_')}:{song.song_id}",
            Words(
                Phrase.BECAUSE_YOU_LIKE if how == "like" else Phrase.BECAUSE_YOU_LISTEN_TO,
                f"Because you {how} {song.track}",
                song=anchor,
            ),
            Words(Phrase.NEAR_SONG, f"Near {song.track} by {song.artist}", song=anchor),
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
        how = "chose or play" if page.heard.profile else "chose"
        text = f"{_count(len(chosen), 'song', 'songs')} by {artist} among those you {how}"
        reason = Words(Phrase.ARTIST_AMONG_CHOSEN, text, artists=(artist,), count=len(chosen))
        title = Words(Phrase.MORE_OF, f"More of {artist}", artists=(artist,))
        yield Shelf(f"more_of:{artist}", title, reason, ranking.at(range(len(ranking.rows))[: page.k]))
        shown += 1
        if shown == _ARTISTS:
            return


def _popular(page: Page) -> Iterator[Shelf]:
    candidates = page.recommender.popular(page.k * diversity.CHOICE, page.taken)
    reason = Words(Phrase.MOST_LISTENED, "Most listened in this catalog")
    yield Shelf("popular", Words(Phrase.POPULAR, "Popular"), reason, page.tidy(candidates))


def _hidden_gems(page: Page) -> Iterator[Shelf]:
    known = bool(page.anchors)
    candidates = page.personal(page.recommender.long_tail) if known else NOTHING
    reason = Words(Phrase.OFF_THE_BEATEN_TRACK, "Near your taste, off the beaten track")
    yield Shelf("hidden_gems", Words(Phrase.HIDDEN_GEMS, "Hidden gems"), reason, page.tidy(candidates))


# The page from top to bottom. What stands on an upper shelf does not stand on a lower one.
_SHELVES: tuple[Callable[[Page], Iterator[Shelf]], ...] = (
    _made_for_you,
    _on_repeat,
    _jump_back_in,
    _mixes,
    _because_you_like,
    _more_of,
    _new_to_you,
    _rediscover,
    _popular,
    _hidden_gems,
)


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
