"""From a trained version to a set that serves."""

import json
from pathlib import Path

import faiss
import numpy as np
import pytest

import build_vector_db
from artifact_set import ArtifactStore, TrainingRecord, open_set
from artifact_set.builder import build
from artifact_set.index import BadFactory
from artifact_set.manifest import Manifest
from artifact_set.pickles import load_id_map
from errors import DamagedSet, NoArtifactSet
from tests import camps
from tests.pickled import load_svd


def test_build_makes_a_complete_set_and_activates_it(tmp_path: Path) -> None:
    folder = camps.train(tmp_path)
    built = build(ArtifactStore(tmp_path))
    assert built.activated
    assert (tmp_path / "current").resolve() == folder.resolve()
    assert {p.name for p in folder.iterdir()} == {
        "best_model.pkl",
        "catalog.arrow",
        "faiss_id_map.pkl",
        "manifest.json",
        "search",
        "song_vectors.index",
        "training.json",
    }


def test_rows_mean_the_same_song_in_every_file(tmp_path: Path) -> None:
    folder = camps.complete(tmp_path)
    opened = open_set(folder)
    ids = load_id_map(folder / "faiss_id_map.pkl")
    assert isinstance(ids, dict)
    model = load_svd(folder)
    for row, (artist, track) in enumerate(camps.SONGS):
        assert ids[row] == f"{artist} - {track}" == opened.songs.song(row).song_id
        assert model.trainset.to_inner_iid(ids[row]) == row
        assert opened.search.search(track, 1).rows == [row]


def test_index_holds_unit_vectors_of_the_models_factors(tmp_path: Path) -> None:
    folder = camps.complete(tmp_path)
    index = faiss.read_index(str(folder / "song_vectors.index"))
    assert isinstance(faiss.downcast_index(index), faiss.IndexFlatL2)
    vectors = index.reconstruct_n(0, index.ntotal)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1)
    qi = load_svd(folder).qi
    assert np.allclose(vectors, qi / np.linalg.norm(qi, axis=1, keepdims=True), atol=1e-6)


def test_model_pickle_carries_no_ratings_and_no_listeners(tmp_path: Path) -> None:
    model = load_svd(camps.train(tmp_path))
    assert model.trainset.n_ratings == 0
    assert list(model.trainset.all_ratings()) == []
    assert len(model.pu) == len(model.bu) == 0


def test_model_pickle_is_an_ordinary_surprise_svd(tmp_path: Path) -> None:
    model = load_svd(camps.train(tmp_path))
    assert model.predict("nobody", "Radiohead - Creep").est == pytest.approx(0.0)


def test_what_could_not_be_measured_serves_only_where_nothing_else_does(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    unmeasured = camps.record().model_copy(update={"metrics": {}})
    first = camps.train(tmp_path, training=unmeasured)
    assert build_vector_db.main(["--artifacts", str(tmp_path)]) == 0
    said = capsys.readouterr()
    assert "nothing could be measured" in said.err
    assert "more listeners, a longer history, or an export with dates" in said.err
    assert "It serves all the same, because nothing else does yet." in said.out
    assert (tmp_path / "current").resolve() == first.resolve()

    camps.train(tmp_path, training=unmeasured)
    assert build_vector_db.main(["--artifacts", str(tmp_path)]) == 1
    assert (tmp_path / "current").resolve() == first.resolve()

    third = camps.train(tmp_path, training=unmeasured)
    assert build_vector_db.main(["--artifacts", str(tmp_path), "--version", third.name, "--force"]) == 0
    assert (tmp_path / "current").resolve() == third.resolve()
    assert "nothing could be measured" in Manifest.read(third / "manifest.json").forced[0]


def test_where_nobody_can_beat_popularity_a_model_as_good_serves_until_another_does(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Sixty listeners of one album: all its songs are right answers, and popularity names them all."""
    poor, good = ({"ndcg@20": ndcg, "popularity_ndcg@20": 1.0} for ndcg in (0.5, 1.0))
    camps.train(tmp_path, training=camps.record().model_copy(update={"metrics": poor}))
    assert build_vector_db.main(["--artifacts", str(tmp_path)]) == 1
    assert "no better than popularity" in capsys.readouterr().err
    for code in (0, 1):
        camps.train(tmp_path, training=camps.record().model_copy(update={"metrics": good}))
        assert build_vector_db.main(["--artifacts", str(tmp_path)]) == code
        assert "popularity alone answers almost perfectly" in capsys.readouterr().err


@pytest.mark.parametrize("ndcg", [0.1, 0.201])  # popularity has 0.2
def test_a_model_no_better_than_popularity_is_not_activated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], ndcg: float
) -> None:
    good = camps.complete(tmp_path)
    weak = camps.record(ndcg=ndcg)
    bad = camps.train(tmp_path, training=weak)
    assert build_vector_db.main(["--artifacts", str(tmp_path)]) == 1
    assert "no better than popularity" in capsys.readouterr().err
    assert (tmp_path / "current").resolve() == good.resolve()
    assert build_vector_db.main(["--artifacts", str(tmp_path), "--version", bad.name, "--force"]) == 0
    forced = Manifest.read(tmp_path / "current" / "manifest.json")
    assert "no better than popularity" in forced.forced[0]


def _of_accounts() -> TrainingRecord:
    record = camps.record()
    return record.model_copy(update={"parameters": record.parameters | {"accounts": True}})


@pytest.mark.parametrize(("songs", "serves"), [(3, False), (4, True)])  # 7 serve now
def test_a_model_of_accounts_takes_over_from_half_as_many_songs_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], songs: int, serves: bool
) -> None:
    camps.complete(tmp_path)
    small = camps.train(tmp_path, training=_of_accounts(), songs=songs)
    for _ in range(2):  # and is no better when it is built again
        assert build_vector_db.main(["--artifacts", str(tmp_path)]) == int(not serves)
        assert ("it knows 3 songs, 7 serve now" in capsys.readouterr().err) != serves
    assert ((tmp_path / "current" / "best_model.pkl").samefile(small / "best_model.pkl")) == serves
    assert build_vector_db.main(["--artifacts", str(tmp_path), "--force"]) == 0
    assert bool(Manifest.read(tmp_path / "current" / "manifest.json").forced) != serves


def test_fewer_songs_serve_where_a_history_was_named_or_what_served_is_damaged(tmp_path: Path) -> None:
    damaged = camps.complete(tmp_path)
    camps.train(tmp_path, songs=3)
    assert build(ArtifactStore(tmp_path)).activated
    ArtifactStore(tmp_path).activate(damaged.name)
    (damaged / "manifest.json").write_text("{")
    camps.train(tmp_path, training=_of_accounts(), songs=3)
    assert build(ArtifactStore(tmp_path)).activated


@pytest.mark.parametrize(
    ("name", "gone"), [("best_model.pkl", False), ("seed_weights.npy", False), ("seed_weights.npy", True)]
)
def test_a_damaged_model_is_not_built_again_under_fresh_checksums(tmp_path: Path, name: str, gone: bool) -> None:
    folder = camps.train(tmp_path, seed_weights=np.ones(len(camps.SONGS), np.float32))
    build(ArtifactStore(tmp_path))
    content = (folder / name).read_bytes()
    if gone:
        (folder / name).unlink()
    else:
        (folder / name).write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(DamagedSet, match=f"{name} .*: pull the version again, activate another one, or train anew"):
        build(ArtifactStore(tmp_path))
    assert ArtifactStore(tmp_path).versions() == [folder.name]
    assert ArtifactStore(tmp_path).waiting() == []


def test_a_manifest_says_that_its_set_was_refused_and_one_that_serves_says_nothing_of_it(tmp_path: Path) -> None:
    good = camps.complete(tmp_path)
    bad = camps.train(tmp_path, training=camps.record(ndcg=0.1))
    build(ArtifactStore(tmp_path))
    assert "no better than popularity" in Manifest.read(bad / "manifest.json").refused[0]
    assert "refused" not in (good / "manifest.json").read_text()  # so that earlier versions of us read it


def test_nan_in_the_factors_is_an_objection(tmp_path: Path) -> None:
    qi = camps.factors()
    qi[3, 1] = np.nan
    camps.train(tmp_path, qi=qi)
    built = build(ArtifactStore(tmp_path))
    assert not built.activated
    assert "NaN" in built.objections[0]


def test_a_complete_version_never_changes(tmp_path: Path) -> None:
    first = camps.complete(tmp_path)
    before = (first / "manifest.json").read_bytes()
    again = build(ArtifactStore(tmp_path)).manifest.version
    assert again != first.name
    assert (first / "manifest.json").read_bytes() == before
    assert ArtifactStore(tmp_path).versions() == [first.name, again]


def test_songs_without_factors_are_kept_away_from_queries(tmp_path: Path) -> None:
    qi = camps.factors()
    qi[6] = 0
    folder = camps.train(tmp_path, qi=qi)
    build(ArtifactStore(tmp_path))
    vectors = open_set(folder).vectors
    assert vectors.profile([6]) is None
    query = vectors.profile([0])
    assert query is not None
    rows, scores = vectors.nearest(query, 7)
    assert scores[list(rows).index(6)] == 0


def test_inner_product_is_served_by_nearest_l2(tmp_path: Path) -> None:
    qi = np.array([[3, 0], [1, 0.1], [2, 0.5], [0, 1], [0.1, 2], [0.5, 1], [2.9, 0]], np.float32)
    folder = camps.train(tmp_path, qi=qi, training=camps.record("inner_product"))
    build(ArtifactStore(tmp_path))
    vectors = open_set(folder).vectors
    query = vectors.profile([1, 2])
    assert query is not None
    rows, scores = vectors.nearest(query, 7)
    directions = qi / np.linalg.norm(qi, axis=1, keepdims=True)
    mean = directions[1] + directions[2]
    products = qi @ mean
    assert list(rows) == list(np.argsort(-products))
    assert scores == pytest.approx(products[rows] / np.linalg.norm(mean) / 3, abs=1e-5)  # 3 is the longest song


def test_a_given_song_counts_as_much_as_its_set_says(tmp_path: Path) -> None:
    weights = np.ones(len(camps.SONGS), np.float32)
    weights[0] = 3.0
    folder = camps.train(tmp_path, seed_weights=weights)
    build(ArtifactStore(tmp_path))
    vectors = open_set(folder).vectors
    directions = vectors.directions_of([0, 1])
    for own, expected in ((None, [3.0, 1.0]), ([1.0, 3.0], [3.0, 3.0])):
        query = vectors.profile([0, 1], own)
        mean = np.average(directions, axis=0, weights=expected)
        assert query == pytest.approx(mean / np.linalg.norm(mean), abs=1e-6)


@pytest.mark.parametrize(("weights", "worth"), [(None, 2.0), ([2.0, 2.0], 2.0), ([3.0, 1.0], 1.6), ([1.0, -0.9], 1.0)])
def test_the_fewer_songs_are_given_the_more_its_broad_tastes_count(
    tmp_path: Path, weights: list[float] | None, worth: float
) -> None:
    tastes = np.array([1.0, 0.25, 0.5], np.float32)
    folder = camps.train(tmp_path, taste_weights=tastes)
    build(ArtifactStore(tmp_path))
    vectors = open_set(folder).vectors
    directions = vectors.directions_of([0, 1])
    alone = directions[0, :3] * tastes
    assert vectors.profile([0]) == pytest.approx([*alone / np.linalg.norm(alone)], abs=1e-6)
    together = np.average(directions, axis=0, weights=weights)[:3] * tastes ** (1 / worth)
    assert vectors.profile([0, 1], weights) == pytest.approx(together / np.linalg.norm(together), abs=1e-6)


def test_a_set_without_seed_weights_counts_all_songs_alike(tmp_path: Path) -> None:
    vectors = open_set(camps.complete(tmp_path)).vectors
    mean = vectors.directions_of([0, 1, 4]).mean(axis=0)
    assert vectors.profile([0, 1, 4]) == pytest.approx(mean / np.linalg.norm(mean), abs=1e-6)


def test_songs_that_say_nothing_make_no_profile(tmp_path: Path) -> None:
    weights = np.ones(len(camps.SONGS), np.float32)
    weights[[2, 3]] = 0.0
    folder = camps.train(tmp_path, seed_weights=weights)
    build(ArtifactStore(tmp_path))
    vectors = open_set(folder).vectors
    assert vectors.profile([2, 3]) is None
    assert vectors.profile([2, 3, 4]) == pytest.approx(vectors.profile([4]), abs=1e-6)


def test_a_set_with_too_few_seed_weights_does_not_open(tmp_path: Path) -> None:
    folder = camps.train(tmp_path, seed_weights=np.ones(3, np.float32))
    build(ArtifactStore(tmp_path))
    with pytest.raises(DamagedSet, match=r"seed_weights.npy has the shape \(3,\), expected \(7,\)"):
        open_set(folder)


def test_a_set_with_too_many_taste_weights_does_not_open(tmp_path: Path) -> None:
    folder = camps.train(tmp_path, taste_weights=np.ones(4, np.float32))
    build(ArtifactStore(tmp_path))
    with pytest.raises(
        DamagedSet, match=r"taste_weights.npy has the shape \(4,\), expected \(3,\), one number a factor"
    ):
        open_set(folder)


def test_a_rebuilt_set_keeps_its_weights(tmp_path: Path) -> None:
    camps.train(tmp_path, seed_weights=np.ones(len(camps.SONGS), np.float32), taste_weights=np.ones(3, np.float32))
    store = ArtifactStore(tmp_path)
    for _ in range(2):
        assert {"seed_weights.npy", "taste_weights.npy"} <= build(store).manifest.files.keys()


def test_a_factory_that_does_not_fit_is_one_clear_error(tmp_path: Path) -> None:
    camps.train(tmp_path)
    with pytest.raises(BadFactory, match="'Nonsense'"):
        build(ArtifactStore(tmp_path), factory="Nonsense")


@pytest.mark.parametrize("factory", ["IVF1,Flat", "HNSW4", "SQ8"])
def test_any_factory_serves_and_is_held_against_flat(
    tmp_path: Path, factory: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = camps.train(tmp_path)
    assert build_vector_db.main(["--artifacts", str(tmp_path), "--factory", factory]) == 0
    assert factory in capsys.readouterr().out
    opened = open_set(folder)
    report = opened.manifest.index_report
    assert report is not None
    assert report.recall_at_50 == 1
    assert opened.manifest.dimension % 8 == 0  # FAISS reads eight numbers at a time
    assert opened.manifest.factors % 8 != 0
    query = opened.vectors.profile([camps.SONGS.index(camps.ROCK[0])])
    assert query is not None
    rows, _ = opened.vectors.nearest(query, 4)
    assert [camps.SONGS[row] for row in rows] == camps.ROCK


def test_nothing_to_build_from_says_how_to_get_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert build_vector_db.main(["--artifacts", str(tmp_path)]) == 2
    assert "python main.py" in capsys.readouterr().err
    with pytest.raises(NoArtifactSet, match="no complete version 'x'"):
        build(ArtifactStore(tmp_path), "x")


def test_manifest_names_every_file_with_size_and_checksum(tmp_path: Path) -> None:
    folder = camps.complete(tmp_path)
    listed = json.loads((folder / "manifest.json").read_text())["files"]
    there = {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()} - {"manifest.json"}
    assert set(listed) == there


def test_what_a_killed_builder_left_is_no_part_of_the_set(tmp_path: Path) -> None:
    folder = camps.train(tmp_path)
    (folder / ".manifest.json.draft").write_text("half a manif")
    (folder / ".search.draft").mkdir()
    (folder / ".search.draft" / "meta.json").write_text("{}")
    build(ArtifactStore(tmp_path))
    assert [path.name for path in folder.iterdir() if path.name.startswith(".")] == []
    assert open_set(folder).version == folder.name
