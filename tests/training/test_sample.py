from pathlib import Path

import numpy as np
import pytest

from errors import DataError
from training.data.ratings import to_ratings
from training.sample import read_songs, simulate

HEADER = "artist,track,album,year,language,popularity,also\n"


def test_the_catalog_has_many_songs_genres_and_languages() -> None:
    songs = read_songs()
    assert len(songs) >= 1400
    assert len(songs.genres) >= 12
    assert len(set(songs.languages)) >= 5
    assert len(set(zip(songs.artists, songs.tracks, strict=True))) == len(songs)


def test_the_same_seed_simulates_the_same_listening() -> None:
    songs = read_songs()
    one, again, other = (simulate(songs, listeners=30, seed=seed) for seed in (1, 1, 2))
    assert one.sha256 == again.sha256 != other.sha256
    assert (one.tracks.codes == again.tracks.codes).all()
    assert one.minutes is not None
    assert again.minutes is not None
    assert (one.minutes == again.minutes).all()
    assert one.simulated


def test_simulated_listening_is_a_year_of_sittings_with_favourites() -> None:
    listens = simulate(read_songs(), listeners=60, seed=0)
    assert listens.minutes is not None
    days = listens.minutes / 1440
    assert days.min() >= 20_089  # 1 January 2025
    assert days.max() < 20_089 + 366
    by_user = to_ratings(listens, rows="user")
    sittings = to_ratings(listens, rows="session")
    assert sittings.plays.shape[0] > 3 * by_user.plays.shape[0]
    assert by_user.plays.max() > 5


def test_listeners_keep_to_few_genres() -> None:
    songs = read_songs()
    listens = simulate(songs, listeners=100, seed=0)
    place = {key: i for i, key in enumerate(zip(songs.artists, songs.tracks, strict=True))}
    genre = songs.belongs.argmax(axis=1)
    ratings = to_ratings(listens, rows="user")
    keys = zip(ratings.songs.artists.to_pylist(), ratings.songs.tracks.to_pylist(), strict=True)
    genre_of_column = genre[[place[key] for key in keys]]
    shares = []
    for row in range(ratings.plays.shape[0]):
        heard = genre_of_column[ratings.plays[[row]].indices]
        shares.append(np.sort(np.bincount(heard, minlength=3))[-3:].sum() / len(heard))
    assert np.mean(shares) > 0.75


def test_a_song_in_two_files_is_one_song_of_both_genres(tmp_path: Path) -> None:
    (tmp_path / "rock.csv").write_text(HEADER + "Low,Words,I Could Live in Hope,1994,en,40,\n")
    (tmp_path / "slow.csv").write_text(
        HEADER + "Low,Words,I Could Live in Hope,1994,en,40,\nLow,Lazy,,1994,en,30,rock\n"
    )
    songs = read_songs(tmp_path)
    assert songs.tracks == ["Words", "Lazy"]
    assert songs.belongs.tolist() == [[1.0, 0.5], [0.5, 1.0]]


@pytest.mark.parametrize("content", ["artist,track\nLow,Words\n", HEADER + "Low,Words,,late,en,40,\n", ""])
def test_a_catalog_file_with_a_fault_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "rock.csv").write_text(content)
    with pytest.raises(DataError, match=r"rock\.csv"):
        read_songs(tmp_path)
