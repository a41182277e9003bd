"""Every export that people have is read as the same 720 listens."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from errors import DataError
from history.formats.youtube import song_of, without_watched
from tests.history import cases
from tests.history.reading import as_base, names, read, songs, tallies


@pytest.mark.parametrize("name", cases.FORMATS)
def test_a_format_is_read_as_the_listens_it_holds(tmp_path: Path, name: str) -> None:
    make, title = cases.FORMATS[name]
    path = cases.write(tmp_path, name, make())
    assert as_base(read(path))
    assert title in {tally.title for tally in tallies(path)}


@pytest.mark.parametrize("name", cases.FORMATS)
def test_a_format_is_known_by_its_content_not_by_its_name(tmp_path: Path, name: str) -> None:
    path = cases.write(tmp_path, "download.bin", cases.FORMATS[name][0]())
    assert as_base(read(path))


def test_what_spotify_says_of_other_than_songs_is_counted_by_reason(tmp_path: Path) -> None:
    song = cases.spotify_extended()[0]
    none = {"master_metadata_track_name": None, "master_metadata_album_artist_name": None}
    extra = [
        song | none | {"episode_name": "An episode"},
        song | none | {"audiobook_title": "A book"},
        song | {"incognito_mode": True},
        song | {"ms_played": 29_999},
        song | none,
    ]
    listens = read(cases.write(tmp_path, "my_spotify_data.zip", cases.spotify_zip(extra)))
    assert as_base(listens)
    assert listens.dropped == {
        "podcast": 1,
        "audiobook": 1,
        "private session": 1,
        "played too shortly": 1,
        "no artist or no track": 1,
        "video": 3,
    }


@pytest.mark.parametrize("folder", ["", "Spotify_Video/"])
def test_only_a_files_own_name_says_that_its_plays_are_videos(tmp_path: Path, folder: str) -> None:
    listens = read(cases.write(tmp_path, "spotify_video.zip", cases.spotify_zip(folder=folder)))
    assert as_base(listens)
    assert listens.dropped == {"video": 3}


def test_podcasts_and_audiobooks_of_account_data_are_counted(tmp_path: Path) -> None:
    more = {"endTime": "2021-01-01 10:00", "msPlayed": 99_999_999}
    records = [
        *cases.spotify_account(),
        more | {"podcastName": "p", "episodeName": "e"},
        more | {"audiobookName": "b"},
    ]
    listens = read(cases.write(tmp_path, "StreamingHistory_music_0.json", cases.json_bytes(records)))
    assert as_base(listens)
    assert listens.dropped == {"podcast": 1, "audiobook": 1}


def test_min_seconds_says_what_is_too_short(tmp_path: Path) -> None:
    path = cases.write(tmp_path, "history.json", cases.json_bytes(cases.spotify_extended(played=25_000)))
    with pytest.raises(DataError, match="played too shortly: 720"):
        read(path)
    assert as_base(read(path, min_seconds=20))


def test_deezer_says_in_seconds_how_long_a_song_was_played(tmp_path: Path) -> None:
    header = ["Song Title", "Artist", "ISRC", "Album Title", "IP Address", "Listening Time", "Platform Name", "Date"]
    lengths = enumerate((3, 29, 30, 240, ""))
    rows = [[f"x {i}", "a", "", "", "", played, "ios", "2021-01-31 10:00:00"] for i, played in lengths]
    listens = read(cases.write(tmp_path, "deezer.csv", cases.table(header, rows)))
    assert songs(listens) == ["a - x 2", "a - x 3", "a - x 4"]
    assert listens.dropped == {"played too shortly": 2}


def test_a_play_began_before_it_ended(tmp_path: Path) -> None:
    base = read(cases.write(tmp_path, "base.csv", cases.kaggle()))
    extended = read(cases.write(tmp_path, "endsong_0.json", cases.json_bytes(cases.spotify_extended())))
    assert base.minutes is not None
    assert extended.minutes is not None
    assert base.minutes.tolist() == extended.minutes.tolist()


@pytest.mark.parametrize(
    "watched",
    [
        "Watched {}",
        "{} angesehen",
        "Vous avez regardé {}",
        "「{}」を視聴しました",
        "Nézett: {}",
        "Вы посмотрели видео «{}»",
    ],
)
def test_watched_is_no_part_of_a_title_in_any_language(tmp_path: Path, watched: str) -> None:
    base = read(cases.write(tmp_path, "base.csv", cases.kaggle()))
    listens = read(cases.write(tmp_path, "watch-history.json", cases.youtube(watched)))
    assert songs(listens) == songs(base)
    assert listens.dropped == {"video": 1}


def test_titles_that_share_letters_by_chance_keep_them() -> None:
    titles = ["Watched Creep", "Watched Crash", "Watched Cry", "Watched Crown", "Watched Crush"]
    assert without_watched(titles) == ["Creep", "Crash", "Cry", "Crown", "Crush"]
    assert without_watched(["Creep"]) == ["Creep"]


@pytest.mark.parametrize(
    ("channel", "title", "artist", "track"),
    [
        ("Adele - Topic", "Hello", "Adele", "Hello"),
        ("AdeleVEVO", "Adele - Hello (Official Music Video)", "Adele", "Hello"),
        ("TaylorSwiftVEVO", "Taylor Swift - Blank Space", "Taylor Swift", "Blank Space"),
        ("TaylorSwiftVEVO", "Blank Space", "TaylorSwift", "Blank Space"),
        ("Beyoncé", "BEYONCE - Halo [Official Audio]", "Beyoncé", "Halo"),
        ("Coldplay", "Yellow - Live", "Coldplay", "Yellow - Live"),
        ("Some Label", "Adele - Hello", "Some Label", "Adele - Hello"),
        ("Coldplay", "Yellow (Live Video)", "Coldplay", "Yellow (Live Video)"),
        ("VEVO", "(Official Video)", "VEVO", "(Official Video)"),
        ("Video - Topic", "x (Official Video)", "Video", "x (Official Video)"),
    ],
)
def test_a_video_is_of_the_artist_of_its_channel(channel: str, title: str, artist: str, track: str) -> None:
    assert song_of(channel, title) == (artist, track)


def test_a_release_without_an_artist_is_no_song_by_one(tmp_path: Path) -> None:
    row = json.loads(cases.youtube())[0]
    rows = [row, row | {"title": "Watched Demo", "subtitles": [{"name": "Release - Topic"}]}]
    listens = read(cases.write(tmp_path, "watch-history.json", cases.json_bytes(rows)))
    assert (len(listens), listens.dropped) == (1, {"placeholder for a name": 1})


def scrobble(second: int) -> dict[str, Any]:
    moment = {"uts": str(1609528320 + second), "#text": "01 Jan 2021, 19:12"}
    return {"artist": {"mbid": "", "#text": "ABBA"}, "name": "Waterloo", "date": moment}


def test_the_last_page_of_last_fm_may_hold_one_play_that_is_no_list(tmp_path: Path) -> None:
    pages = [{"recenttracks": {"track": track, "@attr": {"user": "anna"}}} for track in ([scrobble(0)], scrobble(600))]
    assert names(read(cases.write(tmp_path, "pages.json", cases.json_bytes(pages))).users) == ["anna"] * 2
    assert len(read(cases.write(tmp_path, "one.json", cases.json_bytes(pages[1])))) == 1


def test_pages_of_last_fm_may_come_without_their_wrapper(tmp_path: Path) -> None:
    pages = [{"track": [scrobble(0), scrobble(600)], "@attr": {"user": "anna"}}]
    assert names(read(cases.write(tmp_path, "pages.json", cases.json_bytes(pages))).users) == ["anna"] * 2


def test_several_artists_of_maloja_are_a_joint_credit(tmp_path: Path) -> None:
    scrobble = {"time": 1609528320, "track": {"artists": ["A", "B"], "title": "x"}}
    listens = read(cases.write(tmp_path, "m.json", cases.json_bytes({"scrobbles": [scrobble]})))
    assert names(listens.artists) == ["A, B"]


def test_hetrec_takes_the_names_of_artists_from_beside_it(tmp_path: Path) -> None:
    plays = cases.write(tmp_path, "user_artists.dat", b"userID\tartistID\tweight\n2\t51\t13\n2\t52\t1\n3\t51\t4\n")
    with pytest.raises(DataError, match=r"needs artists\.dat beside it"):
        read(plays)
    artists = b'id\tname\turl\tpictureURL\n51\tDuran "Duran"\tu\tp\n52\tMorcheeba\tu\tp\n'
    cases.write(tmp_path, "artists.dat", artists)
    listens = read(tmp_path)
    assert names(listens.artists) == ['Duran "Duran"', "Morcheeba", 'Duran "Duran"']
    assert listens.plays.tolist() == [13, 1, 4]
    with zipfile.ZipFile(tmp_path / "hetrec.zip", "w") as archive:
        archive.write(plays, "user_artists.dat")
        archive.writestr("artists.dat", artists)
    assert len(read(tmp_path / "hetrec.zip")) == 3


def test_what_was_taken_for_what_is_said_where_there_is_no_header(tmp_path: Path) -> None:
    path = cases.write(tmp_path, "scrobbles.csv", cases.FORMATS["lastfm-to-csv.csv"][0]())
    (tally,) = tallies(path)
    assert tally.notes == ["no header: took column 1 for the artist, 2 for the album, 3 for the track, 4 for the date"]


@pytest.mark.parametrize(
    ("header", "separator"),
    [
        ("Username,Artist,Track", ","),
        (" username , ARTIST ,track_name", ","),
        ("user;artist name;Song Title", ";"),
        ("User_Name\tArtists\tSong", "\t"),
        ("sep=;\nuser;artist;track", ";"),
        ("# made by a tool\n\nuser,artist,track", ","),
        ("\ufeffuser,artist,track", ","),
    ],
)
def test_columns_are_known_by_their_names_however_they_are_written(tmp_path: Path, header: str, separator: str) -> None:
    row = separator.join(("anna", "ABBA", "Waterloo"))
    listens = read(cases.write(tmp_path, "t.csv", f"{header}\n{row}\n".encode()))
    assert (names(listens.users), names(listens.artists), names(listens.tracks)) == (["anna"], ["ABBA"], ["Waterloo"])


def test_utf16_is_read_by_its_mark(tmp_path: Path) -> None:
    path = cases.write(tmp_path, "t.csv", "user;artist;track\nanna;Sigur Rós;Sæglópur\n".encode("utf-16"))
    assert names(read(path).artists) == ["Sigur Rós"]
    path = cases.write(tmp_path, "t.json", cases.json_bytes(cases.spotify_account()).decode().encode("utf-16"))
    assert as_base(read(path))


@pytest.mark.parametrize("column", ["Plays", "play_count", "plays", "PLAYCOUNT", "scrobbles"])
def test_plays_say_how_many_listens_a_row_stands_for(tmp_path: Path, column: str) -> None:
    content = f"Username,Artist,Track,{column}\na,b,c,250\na,b,d,3.0\na,b,e,0\n".encode()
    listens = read(cases.write(tmp_path, "t.csv", content))
    assert listens.plays.tolist() == [250, 3]
    assert listens.dropped == {"0 plays": 1}
    assert listens.minutes is None


@pytest.mark.parametrize("plays", ["many", "-3", "2.5", "", "nan", "1e30"])
def test_plays_that_are_no_count_are_refused_by_name(tmp_path: Path, plays: str) -> None:
    path = cases.write(tmp_path, "t.csv", f"Username,Artist,Track,Plays\na,b,c,4\na,b,d,{plays}\n".encode())
    with pytest.raises(DataError, match="plays holds") as caught:
        read(path)
    assert repr(plays) in str(caught.value)
