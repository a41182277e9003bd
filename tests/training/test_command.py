import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

import main as command
from artifact_set.song_rows import SongRows
from artifact_set.trained import read_trained
from db import Database
from history import ReadSettings, read_history
from migrations.prepare import prepare
from tests.history import cases
from tests.training.conftest import HEADER
from training.data.ratings import to_ratings
from training.data.splits import divide
from training.search.tracking import EXPERIMENT
from training.search.trials import Fold

REPOSITORY = Path(__file__).parents[2]

# MLflow's tables use a loader that SQLAlchemy 2.1 deprecates: theirs to mend
pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SADeprecationWarning")


@pytest.fixture(autouse=True)
def _nearly_empty_folder(tmp_path: Path, empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(empty_database, tmp_path / "mlflow.db")
    monkeypatch.chdir(tmp_path)


def run(*arguments: str) -> int:
    # an address of its own: MLflow remembers, by its address, a database it has once opened
    uri = () if "--tracking-uri" in arguments else ("--tracking-uri", f"sqlite:///{Path.cwd()}/mlflow.db")
    try:
        return command.main([*arguments, *uri])
    except SystemExit as end:  # argparse's
        return int(end.code or 0)


def camps_file(tmp_path: Path, users: int = 120) -> Path:
    """Two camps of 12 songs; every listener plays 8 of one."""
    draw = np.random.default_rng(0)
    lines = ["Username,Artist,Track,Plays"]
    for user in range(users):
        heard = draw.choice(12, 8, replace=False)
        lines += [f"u{user},camp {user % 2},song {song},{draw.integers(1, 9)}" for song in heard]
    path = tmp_path / "camps.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def trained(tmp_path: Path) -> Path:
    (folder,) = (path for path in (tmp_path / "artifacts").iterdir() if path.is_dir())
    return folder


def runs(tmp_path: Path) -> list[tuple[str, str]]:
    with sqlite3.connect(tmp_path / "mlflow.db") as database:
        found = database.execute("select name, status from runs order by start_time").fetchall()
    database.close()
    return found


def test_a_run_leaves_a_model_its_songs_and_its_record(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--data", str(camps_file(tmp_path)), "--trials", "4") == 0
    model, songs, record = read_trained(trained(tmp_path))
    assert len(songs) == len(model.qi) == 24
    assert model.qi.dtype == np.float32
    assert isinstance(model.rows, SongRows)
    assert model.rows.song_ids.to_pylist() == [song.song_id for song in songs.songs(range(24))]
    assert record.metrics["ndcg@20"] > record.metrics["popularity_ndcg@20"]
    assert record.parameters["measured_on"] == "unseen listeners that chose nothing"
    assert "accounts" not in record.parameters
    assert (record.data.users, record.data.pairs, record.data.songs) == (120, 960, 24)
    card = (trained(tmp_path) / "card.md").read_text()
    assert "960 (user, song) pairs" in card
    assert f"| ndcg@20 | {record.metrics['ndcg@20']:.4f} |" in card
    nearest = [line for line in card.splitlines() if line.startswith("| camp")]
    assert len(nearest) == 10
    assert all(len(set(re.findall(r"camp \d", line))) == 1 for line in nearest)
    said = capsys.readouterr().out
    assert str(trained(tmp_path).name) in said
    assert said.rstrip().endswith("python build_vector_db.py")
    assert re.findall(r"^Trials (\d/4)", said, re.MULTILINE) == ["1/4", "2/4", "3/4", "4/4"]


def test_a_sample_is_recorded_with_its_own_listens(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ("--trials", "1", "--algorithms", "puresvd", "--sample-size", "400")
    assert run("--data", str(camps_file(tmp_path)), *options) == 0
    _, songs, record = read_trained(trained(tmp_path))
    assert record.data.pairs == 400
    assert record.data.listens == songs.plays.sum()
    assert f"{record.data.listens:,} listens by" in capsys.readouterr().out


def test_every_trial_is_an_mlflow_run(tmp_path: Path) -> None:
    assert run("--data", str(camps_file(tmp_path)), "--trials", "4") == 0
    names = [name for name, _ in runs(tmp_path)]
    assert names == ["puresvd 0", "puresvd 1", "puresvd 2", "svd 0", "chosen: puresvd"]


def test_the_chosen_run_names_the_version_that_was_saved(tmp_path: Path) -> None:
    assert run("--data", str(camps_file(tmp_path)), "--trials", "1", "--algorithms", "puresvd") == 0
    with closing(sqlite3.connect(tmp_path / "mlflow.db")) as database:
        found = database.execute("select value from tags where key = 'version'").fetchall()
    assert found == [(trained(tmp_path).name,)]


def test_a_version_that_cannot_be_saved_has_no_run(tmp_path: Path) -> None:
    (tmp_path / "artifacts").write_text("a file where a folder is needed")
    assert run("--data", str(camps_file(tmp_path)), "--trials", "1", "--algorithms", "puresvd") == 1
    assert [name for name, _ in runs(tmp_path)] == ["puresvd 0"]


def test_a_tracking_database_that_fails_at_the_end_costs_a_line_and_not_the_model(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(sqlite3.connect(tmp_path / "mlflow.db")) as database:
        database.execute(
            "create trigger full before insert on runs when new.name like 'chosen%' "
            "begin select raise(fail, 'database or disk is full'); end"
        )
    assert run("--data", str(camps_file(tmp_path)), "--trials", "1", "--algorithms", "puresvd") == 0
    assert f"MLflow has no run of {trained(tmp_path).name} (" in capsys.readouterr().out


def test_the_reports_recipe_is_chosen_by_lowest_mean_rmse(tmp_path: Path) -> None:
    data = str(camps_file(tmp_path))
    assert run("--data", data, "--trials", "3", "--select-by", "rmse", "--algorithms", "svd") == 0
    _, _, record = read_trained(trained(tmp_path))
    with sqlite3.connect(tmp_path / "mlflow.db") as database:
        query = "select value from metrics join runs using (run_uuid) where key = 'rmse' and name like 'svd%'"
        errors = [value for (value,) in database.execute(query)]
        (folds,) = database.execute("select count(*) from metrics where key like 'fold_%/rmse'").fetchone()
    database.close()
    assert record.algorithm == "svd"
    assert len(errors) == 3
    assert record.metrics["rmse"] == min(errors)
    assert folds == 9
    assert "ndcg@20" in record.metrics


def test_the_same_seed_gives_the_same_model(tmp_path: Path) -> None:
    data = str(camps_file(tmp_path))
    for name in ("one", "two"):
        assert run("--data", data, "--trials", "3", "--algorithms", "puresvd", "--artifacts", name) == 0
    one, two = (read_trained(next((tmp_path / name).iterdir()))[0].qi for name in ("one", "two"))
    assert (one == two).all()


def test_a_storage_lets_a_study_go_on(tmp_path: Path) -> None:
    options = ("--data", str(camps_file(tmp_path)), "--algorithms", "puresvd", "--trials", "2")
    for _ in range(2):
        assert run(*options, "--storage", f"sqlite:///{tmp_path}/optuna.db") == 0
    with sqlite3.connect(tmp_path / "optuna.db") as database:
        points = database.execute(
            "select group_concat(param_name || param_value) from (select * from trial_params order by param_name) "
            "where param_name in ('weighting', 'row_exponent', 'song_exponent', 'shrinkage') group by trial_id"
        ).fetchall()
        values = database.execute("select value from trial_values order by trial_id").fetchall()
    database.close()
    # a trial is a matrix: the second run began with the best of the first, and went on to what the first had not seen
    assert len(set(points)) == 3
    assert len(values) > 20


def test_another_seed_and_other_folds_are_another_study(tmp_path: Path) -> None:
    storage = f"sqlite:///{tmp_path}/optuna.db"
    options = ("--data", str(camps_file(tmp_path)), "--algorithms", "puresvd", "--trials", "1", "--storage", storage)
    for differs in ((), ("--seed", "1"), ("--folds", "2"), ("--folds", "2")):
        assert run(*options, *differs) == 0
    with closing(sqlite3.connect(tmp_path / "optuna.db")) as database:
        assert database.execute("select count(*) from studies").fetchone() == (3,)


def test_every_choice_is_in_the_study_and_a_matrix_is_one_mlflow_run(tmp_path: Path) -> None:
    options = ("--data", str(camps_file(tmp_path)), "--algorithms", "puresvd", "--trials", "3")
    assert run(*options, "--storage", f"sqlite:///{tmp_path}/optuna.db") == 0
    _, _, record = read_trained(trained(tmp_path))
    with sqlite3.connect(tmp_path / "optuna.db") as database:
        (choices,) = database.execute("select count(*) from trials").fetchone()
    with sqlite3.connect(tmp_path / "mlflow.db") as mlflow:
        query = (
            "select sum(value) from metrics join runs using (run_uuid) where key = 'choices' and name like 'puresvd%'"
        )
        (scored,) = mlflow.execute(query).fetchone()
    database.close()
    mlflow.close()
    assert choices == scored == record.parameters["choices"]
    assert [name for name, _ in runs(tmp_path)] == ["puresvd 0", "puresvd 1", "puresvd 2", "chosen: puresvd"]


def kaggle_history(tmp_path: Path) -> Path:
    """11 users, as in the Kaggle file, who each like both camps but never in one sitting."""
    draw = np.random.default_rng(0)
    lines = [HEADER]
    for user in range(11):
        for day in range(1, 29):
            for place, song in enumerate(draw.choice(12, 7, replace=False)):
                lines.append(
                    f'{len(lines)},u{user},camp {day % 2},"song ""{song}""",,{day} Jan 2021, 21:{place * 4:02d}'
                )
    lines.append(f"{len(lines)},u1,camp 1,,,3 Jan 2021, 21:59")
    path = tmp_path / "Last.fm_data.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def test_few_users_are_learned_from_by_their_sittings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kaggle_history(tmp_path)
    assert run("--trials", "2", "--algorithms", "puresvd") == 0
    model, songs, record = read_trained(trained(tmp_path))
    said = capsys.readouterr().out
    assert "308 listening sessions" in said
    assert "Dropped 1 rows: empty track" in said
    assert record.parameters["rows"] == "session"
    assert record.parameters["measured_on"] == "unseen sittings that chose nothing"
    assert "The final number comes from 61 other sittings that chose nothing." in said
    unit = model.qi / np.linalg.norm(model.qi, axis=1, keepdims=True)
    camps = np.array([songs.song(row).artist for row in range(24)])
    alike = unit @ unit.T
    assert alike[camps[:, None] == camps].min() > np.abs(alike[camps[:, None] != camps]).max()


@pytest.mark.parametrize(
    "rows",
    [
        ["a,x,1", "b,x,2", "c,x,3"],  # three users, a song each
        ["a,x,1", "b,x,1", "c,x,1"],
        [f"u{i % 11},x,{i % 3}" for i in range(40)],
        [f"u{i},x,{i}" for i in range(12)],  # nobody shares a song
    ],
)
@pytest.mark.parametrize("options", [(), ("--algorithms", "svd", "--select-by", "rmse", "--trials", "1")])
def test_tiny_histories_train(tmp_path: Path, rows: list[str], options: tuple[str, ...]) -> None:
    path = tmp_path / "tiny.csv"
    path.write_text("Username,Artist,Track\n" + "\n".join(rows) + "\n")
    assert run("--data", str(path), *(options or ("--trials", "2"))) == 0
    model, _, record = read_trained(trained(tmp_path))
    assert np.isfinite(model.qi).all()
    if "ndcg@20" not in record.metrics:
        assert record.parameters["measured_on"] == "too few listeners"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("Username,Artist,Track\na,x,1\na,x,2\na,y,3\n", "1 listener and no sittings"),
        ("Username,Artist,Track\na,x,1\nb,x,2\nb,y,3\n", "2 listeners and no sittings"),
        ("Username,Artist,Track,Date\na,x,1,2021-01-31 10:00\na,y,2,2021-02-01 10:00\n", "2 sittings"),
    ],
)
def test_a_history_that_cannot_train_is_refused_before_the_search(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, said: str
) -> None:
    (tmp_path / "few.csv").write_text(content)
    assert run("--data", "few.csv") == 2
    error = capsys.readouterr().err
    assert f"few.csv: {said}" in error
    assert "add histories of other people, or an export that has dates" in error
    assert runs(tmp_path) == []


def test_the_record_names_what_selected_the_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With too few listeners for a ranking, --select-by ndcg falls back, and neither log nor record hides it."""
    rows = "\n".join(f"u{i},x,{song}" for i in range(6) for song in range(i, i + 4))
    (tmp_path / "few.csv").write_text(f"Username,Artist,Track\n{rows}\n")
    for algorithm, used, said in (
        ("svd", "rmse", "no ranking can be measured, trials are compared by RMSE alone."),
        ("puresvd", "nothing", "nothing can be measured, the first guess is taken unmeasured."),
    ):
        options = ("--trials", "2", "--algorithms", algorithm, "--artifacts", algorithm)
        assert run("--data", "few.csv", *options) == 0
        _, _, record = read_trained(next((tmp_path / algorithm).iterdir()))
        assert record.parameters["select_by"] == used
        out = capsys.readouterr().out
        assert said in out
        assert ("nothing can be measured" in out) == (used == "nothing")
        assert "best NDCG" not in out
        assert ("puresvd, unmeasured" in out) == (used == "nothing")


def test_few_listeners_give_the_final_number_together(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = camps_file(tmp_path, users=40)
    assert run("--data", str(path), "--trials", "1", "--algorithms", "puresvd") == 0
    plays = to_ratings(read_history([path], ReadSettings())[0]).plays
    folds = [Fold.of(plays, split) for split in divide(plays, folds=3, seed=0).folds]
    popularity = np.mean([fold.popularity(draws=5, seed=0)["ndcg@20"] for fold in folds])
    assert len(folds) == 3
    assert read_trained(trained(tmp_path))[2].metrics["popularity_ndcg@20"] == pytest.approx(popularity)
    assert "On unseen listeners that also chose the model, 5" in capsys.readouterr().out


def test_what_cannot_be_measured_is_puresvds_first_guess_in_every_run(tmp_path: Path) -> None:
    path = camps_file(tmp_path, users=6)
    options = ("--algorithms", "puresvd,svd", "--storage", f"sqlite:///{tmp_path}/optuna.db")
    for name in ("one", "two"):
        assert run("--data", str(path), *options, "--artifacts", name) == 0
    one, two = (read_trained(next((tmp_path / name).iterdir()))[2] for name in ("one", "two"))
    assert one.algorithm == two.algorithm == "puresvd"
    assert one.parameters == two.parameters


def test_a_report_of_files_ends_the_reading(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    cases.write(folder, "my_spotify_data.zip", cases.spotify_zip([{"ts": "2021-01-01T00:00:00Z", "ms_played": 1}]))
    cases.write(folder, "notes.txt", b"hello there")
    options = ("--trials", "1", "--algorithms", "puresvd", "--user", "anna")
    assert run("--data", str(folder), "--data", str(camps_file(tmp_path, 3)), *options) == 0
    out = capsys.readouterr().out
    assert "Spotify extended" in out
    assert "Passed over, no listening history: 2 (ReadMeFirst.pdf, notes.txt)." in " ".join(out.split())
    assert "Dropped 3 rows: video." in out


def test_files_at_fault_have_their_account_and_exit_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cases.write(tmp_path, "good.csv", cases.kaggle())
    cases.write(tmp_path, "bad.csv", cases.kaggle() + b'900,anna,Underworld,"Dark\r\n' + cases.kaggle())
    assert run("--data", "good.csv", "bad.csv") == 2
    said = capsys.readouterr()
    assert "bad.csv, line 722: a quote" in said.err
    assert said.err.count("\n") == 1
    assert "at fault" in said.out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--data", "nowhere.csv"), "nowhere.csv does not exist"),
        (("--data", "camps.csv", "--rows", "session"), "has no dates"),
        (("--data", "camps.csv", "--select-by", "rmse", "--algorithms", "puresvd"), "--select-by rmse needs svd"),
        (("--data", "camps.csv", "--tracking-uri", "nonsense://x"), "--tracking-uri nonsense://x"),
        (("--data", "camps.csv", "--storage", "nonsense://x"), "--storage nonsense://x"),
        (("--encoding", "klingon"), "'klingon' is no encoding: expected cp1252"),
        (("--min-seconds", "-1"), "expected 0 to 3600"),
        (("--trials", "0"), "expected 1 or more"),
        (("--folds", "1"), "expected 2 to 20"),
        (("--seed", "-1"), "expected 0 to"),
        (("--sample-size", "0"), "expected 1 or more"),
        (("--algorithms", "svd,magic"), "expected svd, puresvd or svd,puresvd"),
    ],
)
def test_what_cannot_be_meant_is_one_line_and_exit_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: tuple[str, ...], said: str
) -> None:
    camps_file(tmp_path)
    assert run(*options) == 2
    error = capsys.readouterr().err
    assert said in error
    assert "Traceback" not in error
    assert not (tmp_path / "artifacts").exists()


def interrupted(tmp_path: Path, *options: str, once: str) -> subprocess.CompletedProcess[str]:
    """Ctrl-C once MLflow's new database has an answer to a query, however long this machine takes for it."""
    database = tmp_path / "mlflow.db"
    database.unlink()
    command_line = [sys.executable, str(REPOSITORY / "main.py"), "--data", "camps.csv", *options]
    process = subprocess.Popen(
        command_line,
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # a shell that runs the tests in the background has it ignored, and children inherit that
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    while process.poll() is None and not answered(database, once):
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=300)
    return subprocess.CompletedProcess(command_line, process.returncode, out, err)


def answered(path: Path, query: str) -> bool:
    with closing(sqlite3.connect(path, timeout=0)) as database:
        try:
            return database.execute(query).fetchone() is not None
        except sqlite3.OperationalError:  # no such table yet, or locked
            return False


def test_ctrl_c_saves_the_best_so_far(tmp_path: Path) -> None:
    camps_file(tmp_path)
    third = "select 1 from runs limit 1 offset 2"
    done = interrupted(tmp_path, "--trials", "100000", "--algorithms", "puresvd", once=third)
    assert done.returncode == 0, done.stderr
    assert re.search(r"Interrupted: going on with the best of \d+ finished trials", done.stdout)
    assert "Traceback" not in done.stderr
    assert len(read_trained(trained(tmp_path))[1]) == 24


def test_ctrl_c_before_the_first_trial_saves_nothing_and_exits_130(tmp_path: Path) -> None:
    camps_file(tmp_path, users=60_000)  # a trial takes many times longer than to notice that the search has begun
    ready = f"select 1 from experiments where name = '{EXPERIMENT}'"
    done = interrupted(tmp_path, "--algorithms", "svd", once=ready)
    assert done.returncode == 130
    assert "nothing" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "artifacts").exists()


def _tables(folder: Path) -> str:
    """An API's database in which nobody has played anything."""
    database = Database(f"sqlite:///{folder}/redux.db")
    prepare(database, upgrade=True)
    database.close()
    return f"sqlite:///{folder}/redux.db"


def test_a_database_without_listens_is_no_history_and_files_beside_it_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", _tables(tmp_path))
    assert run("--database") == 2
    assert "the accounts' listens: there are none yet" in capsys.readouterr().err
    files = ("--data", str(camps_file(tmp_path)), "--algorithms", "puresvd", "--trials", "1")
    assert run("--database", *files) == 0
    record = read_trained(trained(tmp_path))[2]
    assert record.parameters["accounts"] is True  # of which the gate asks more


@pytest.mark.parametrize(("options", "songs"), [((), 25), (("--min-listeners", "2"), 24)])
def test_a_song_that_a_file_alone_has_is_kept_beside_a_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], songs: int
) -> None:
    monkeypatch.setenv("DATABASE_URL", _tables(tmp_path))
    camps = camps_file(tmp_path)
    camps.write_text(f"{camps.read_text()}u0,Nobody else,Knows this,1\n")
    files = ("--data", str(camps), "--algorithms", "puresvd", "--trials", "1")
    assert run("--database", *files, *options) == 0
    assert read_trained(trained(tmp_path))[2].data.songs == songs


@pytest.mark.parametrize(
    ("configured", "options", "said"),
    [
        ("sqlite:///{folder}/redux.db", ("--data", "sqlite:///other.db"), "2 databases are named: expected one"),
        ("sqlite:///{folder}/nowhere.db", (), "there is no such database: expected the DATABASE_URL"),
        ("nonsense", (), "DATABASE_URL"),
    ],
)
def test_a_database_that_cannot_be_learned_from_is_said_in_a_line(
    configured: str,
    options: tuple[str, ...],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("DATABASE_URL", configured.format(folder=tmp_path))
    assert run("--database", *options) == 2
    assert said in capsys.readouterr().err.splitlines()[-1]
