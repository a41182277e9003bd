"""Each provider as it really answers, with every trap that is known of it."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from covers.candidates import Candidate, Provider, ProviderName
from covers.outside import Outside
from covers.providers import configured
from errors import ProviderDown, ProviderFault, ProviderLied, TooOften
from tests.covers import fake as traps
from tests.covers.conftest import START, HandClock, Room
from tests.covers.fake import Answer, Fake, Known, mbid, musicbrainz_row

CREEP = Known("Radiohead", "Creep", "Pablo Honey")
Search = Callable[..., list[Candidate]]


@pytest.fixture
def search(room: Room, clock: HandClock) -> Iterator[Search]:
    """Asks one provider, as configured."""
    with asyncio.Runner() as runner:
        outside = Outside()

        def ask(name: ProviderName, artist: str = "Radiohead", track: str = "Creep") -> list[Candidate]:
            (provider,) = configured(room.settings(metadata_providers=name), outside, clock)
            return runner.run(provider.search(artist, track))

        yield ask
        runner.run(outside.close())


@contextmanager
def _raises(fault: type[ProviderFault], said: str, after: float | None = None) -> Iterator[None]:
    with pytest.raises(fault, match=said) as caught:
        yield
    assert type(caught.value) is fault
    if after is not None:
        assert isinstance(caught.value, TooOften)
        assert caught.value.retry_after == after


def test_itunes_json_that_calls_itself_javascript_is_read(fake: Fake, search: Search) -> None:
    fake.knows(CREEP)
    (one,) = search("itunes")
    assert (one.artist, one.title, one.album, one.year) == ("Radiohead", "Creep", "Pablo Honey", 1993)
    assert one.art == (f"{fake.url}/art/itunes/0/600x600bb.jpg",)  # as wide as a phone
    assert one.duration_ms == 200_000


def test_itunes_finding_nothing_is_an_answer(search: Search) -> None:
    assert search("itunes") == []


def test_an_itunes_song_without_length_and_preview_is_a_song(fake: Fake, search: Search) -> None:
    row = {"kind": "song", "artistName": "Radiohead", "trackName": "Creep", "collectionName": "Pablo Honey"}
    fake.answers["itunes"] = traps.json({"resultCount": 2, "results": [{"wrapperType": "artist"}, row]})
    (one,) = search("itunes")
    assert (one.duration_ms, one.preview, one.art, one.link) == (None, None, (), None)


@pytest.mark.parametrize(
    ("answer", "fault", "said", "after"),
    [
        (traps.always(status=403), TooOften, "403", 60.0),
        (traps.always(status=429), TooOften, "429", 60.0),
        (traps.always(status=429, Retry_After="29"), TooOften, "429", 29.0),
        (traps.html(), ProviderLied, "no JSON with status 200", None),
        (traps.json({"errorMessage": "Invalid value(s) for key(s): [country]"}, 400), ProviderLied, "country", None),
        (traps.json(["not", "an", "object"]), ProviderLied, "no object", None),
        (traps.always(status=502), ProviderDown, "502", None),
    ],
)
def test_what_itunes_says_instead_of_an_answer_is_told_apart(
    fake: Fake, search: Search, answer: Answer, fault: type[ProviderFault], said: str, after: float | None
) -> None:
    fake.answers["itunes"] = answer
    with _raises(fault, said, after):
        search("itunes")


def test_itunes_refuses_the_21st_call_within_a_minute(fake: Fake, search: Search, clock: HandClock) -> None:
    for _ in range(20):
        search("itunes")
    with _raises(TooOften, "403", 60.0):
        search("itunes")
    clock.time += 60
    assert search("itunes") == []


def test_deezer_s_last_page_has_no_next(fake: Fake, search: Search) -> None:
    fake.knows(CREEP)
    (one,) = search("deezer")
    assert (one.artist, one.title, one.album, one.duration_ms) == ("Radiohead", "Creep", "Pablo Honey", 200_000)
    assert one.art == (f"{fake.url}/art/deezer/0/500x500.jpg",)
    assert fake.asked("deezer")[0].query["q"] == "Creep Radiohead"  # plain words, no artist:"…" filter


def test_deezer_refuses_the_51st_call_within_five_seconds_with_status_200_and_heals(
    search: Search, clock: HandClock
) -> None:
    for _ in range(50):
        assert search("deezer") == []
    with _raises(TooOften, "code 4", 5.0):
        search("deezer")
    clock.time += 5
    assert search("deezer") == []


@pytest.mark.parametrize("status", [200, 404])
def test_deezer_s_code_800_means_that_it_knows_no_such_song(fake: Fake, search: Search, status: int) -> None:
    said = {"error": {"type": "DataException", "message": "no data", "code": 800}}
    fake.answers["deezer"] = traps.json(said, status)
    assert search("deezer") == []


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (traps.json({"error": {"type": "Exception", "message": "busy", "code": 700}}), ProviderDown),
        (traps.json({"error": {"type": "OAuthException", "message": "token", "code": 300}}), ProviderLied),
        (traps.always("gone", 404, "text/html"), ProviderLied),
        (traps.html(), ProviderLied),
        (traps.json({"data": "none"}), ProviderLied),
    ],
)
def test_deezer_s_other_errors_are_no_answer(
    fake: Fake, search: Search, answer: Answer, fault: type[ProviderFault]
) -> None:
    fake.answers["deezer"] = answer
    with _raises(fault, "."):
        search("deezer")


def _deezer_row(fake: Fake, **more: object) -> dict[str, object]:
    return {"title": "Creep", "artist": {"name": "Radiohead"}, "album": {"title": "Pablo Honey"}} | more


def test_deezer_s_silhouette_is_no_cover(fake: Fake, search: Search) -> None:
    nobody = f"{fake.url}/images/cover//500x500-000000-80-0-0.jpg"
    fake.answers["deezer"] = traps.json({"data": [_deezer_row(fake, album={"title": "X", "cover_big": nobody})]})
    assert search("deezer")[0].art == ()


def test_a_deezer_preview_has_its_expiry_and_an_expired_one_is_none(fake: Fake, search: Search) -> None:
    good, bad = (f"{fake.url}/1.mp3?hdnea=exp={int(START) + by}~acl=/*~hmac=ab" for by in (900, -1))
    fake.answers["deezer"] = traps.json({"data": [_deezer_row(fake, preview=good), _deezer_row(fake, preview=bad)]})
    fresh, expired = search("deezer")
    assert (fresh.preview, fresh.preview_expires_at) == (good, START + 900)
    assert (expired.preview, expired.preview_expires_at) == (None, None)


def test_musicbrainz_is_told_who_asks(fake: Fake, search: Search) -> None:
    fake.knows(CREEP)
    (one,) = search("musicbrainz")
    assert fake.asked("musicbrainz")[0].agent == "SpotifyRedux/1.0 ( me@music.example )"
    assert one.link == f"https://musicbrainz.org/recording/{mbid(1, 0)}"


def test_musicbrainz_is_not_asked_without_a_contact(room: Room, clock: HandClock) -> None:
    assert [one.name for one in _configured(room, clock, metadata_contact=None)] == ["itunes", "deezer"]
    assert _configured(room, clock, metadata_providers="") == ()
    assert [one.name for one in _configured(room, clock, metadata_providers="deezer,itunes")] == ["deezer", "itunes"]


def _configured(room: Room, clock: HandClock, **more: object) -> tuple[Provider, ...]:
    async def run() -> tuple[Provider, ...]:
        outside = Outside()
        made = configured(room.settings(**more), outside, clock)
        await outside.close()
        return made

    return asyncio.run(run())


def test_musicbrainz_bootlegs_come_first_and_are_not_taken(fake: Fake, search: Search) -> None:
    fake.knows(CREEP)
    (one,) = search("musicbrainz")
    assert (one.album, one.official, one.duration_ms) == ("Pablo Honey", True, None)  # a length of null is none
    assert one.art == tuple(
        f"{fake.url}/coverart/{kind}/{mbid(number, 0)}/front-500"
        for kind, number in (("release", 3), ("release-group", 4))
    )


def test_musicbrainz_recordings_it_is_not_sure_of_are_left_out(fake: Fake, search: Search) -> None:
    fake.answers["musicbrainz"] = traps.json({"recordings": [musicbrainz_row(0, CREEP, score=79)]})
    assert search("musicbrainz") == []


def test_a_musicbrainz_recording_without_length_and_releases_is_a_song(fake: Fake, search: Search) -> None:
    row = musicbrainz_row(0, CREEP)
    del row["length"], row["releases"]
    fake.answers["musicbrainz"] = traps.json({"recordings": [row]})
    (one,) = search("musicbrainz")
    assert (one.album, one.duration_ms, one.art) == (None, None, ())


@pytest.mark.parametrize(
    ("artist", "track", "query"),
    [
        ("AC/DC", "T.N.T.", r'recording:"T.N.T." AND artist:"AC\/DC"'),
        ("Кино", "Группа крови", 'recording:"Группа крови" AND artist:"Кино"'),
        ('"Weird Al"', "Eat It (Live) [x]?", r'recording:"Eat It \(Live\) \[x\]\?" AND artist:"\"Weird Al\""'),
        ("!!!", r"Me & You \ ~*:^", r'recording:"Me \& You \\ \~\*\:\^" AND artist:"\!\!\!"'),
    ],
)
def test_names_are_escaped_for_musicbrainz(fake: Fake, search: Search, artist: str, track: str, query: str) -> None:
    search("musicbrainz", artist, track)
    assert fake.asked("musicbrainz")[0].query["query"] == query


def test_two_musicbrainz_calls_within_a_second_are_declined_until_it_is_quiet(search: Search, clock: HandClock) -> None:
    assert search("musicbrainz") == []
    for _ in range(2):
        clock.time += 0.6
        with _raises(TooOften, "503", 2.0):
            search("musicbrainz")
    clock.time += 1
    assert search("musicbrainz") == []


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (traps.json(traps.BUSY, 503, Retry_After="0"), ProviderDown),
        (traps.json(traps.BUSY, 503, X_RateLimit_Zone="global"), ProviderDown),
        (traps.json(traps.OVER, 503, Retry_After="7"), TooOften),
        (traps.json({"error": "Invalid mbid."}, 400), ProviderLied),
        (traps.json({"error": "Not Found"}, 404), ProviderLied),
        (traps.always("<metadata/>", 200, "application/xml"), ProviderLied),
    ],
)
def test_musicbrainz_being_busy_is_not_our_budget(
    fake: Fake, search: Search, answer: Answer, fault: type[ProviderFault]
) -> None:
    fake.answers["musicbrainz"] = answer
    with _raises(fault, ".", 7.0 if fault is TooOften else None):
        search("musicbrainz")


@pytest.mark.parametrize("name", ["itunes", "deezer", "musicbrainz"])
def test_addresses_of_foreign_hosts_never_leave_a_provider(fake: Fake, search: Search, name: ProviderName) -> None:
    evil = "https://evil.example/100x100bb.jpg"
    song = {
        "artistName": "Radiohead",
        "trackName": "Creep",
        "artworkUrl100": evil,
        "trackViewUrl": "javascript:alert(1)",
    }
    fake.answers["itunes"] = traps.json({"results": [song | {"previewUrl": "http://audio-ssl.itunes.apple.com/x"}]})
    album = {
        "title": "X",
        "cover_big": "https://dzcdn.net@evil.example/x",
        "cover_xl": "https://evil.dzcdn.net.example/",
    }
    fake.answers["deezer"] = traps.json({"data": [_deezer_row(fake, album=album, preview=evil, link="//evil.example")]})
    row = musicbrainz_row(0, CREEP)
    row["releases"] = [{"id": "../../evil", "title": "X", "status": "Official"}]
    fake.answers["musicbrainz"] = traps.json({"recordings": [row]})
    (one,) = search(name)
    assert (one.art, one.preview) == ((), None)
    assert one.link in (None, f"https://musicbrainz.org/recording/{mbid(1, 0)}")
