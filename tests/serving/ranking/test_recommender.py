import faiss
import numpy as np

from artifact_set import SongVectors
from serving.ranking.recommender import Recommender

# songs 0 and 1 stand at a right angle; 2 lies nearer to 0, 3 nearer to 1
ANGLES = np.deg2rad([0.0, 90.0, 30.0, 60.0])


def recommender(seed_weights: list[float] | None) -> Recommender:
    vectors = np.stack([np.cos(ANGLES), np.sin(ANGLES)], axis=1).astype(np.float32)
    index = faiss.IndexFlatL2(2)
    index.add(vectors)
    weights = None if seed_weights is None else np.array(seed_weights, np.float32)
    return Recommender(SongVectors(index, 2, seed_weights=weights), np.array([9, 3, 2, 1]))


def test_seeds_and_likes_both_count_as_much_as_the_set_says() -> None:
    rare_says_more = recommender([1.0, 2.0, 1.0, 1.0])
    assert rare_says_more.for_profile([0, 1], [], 1.0, 1).rows == [3]
    assert rare_says_more.for_profile([0], [1], 1.0, 1).rows == [3]
    assert rare_says_more.for_profile([1], [0], 4.0, 1).rows == [2]  # a like of weight 4 against a song of weight 2


def test_one_given_song_is_answered_alike_whatever_it_counts() -> None:
    assert recommender([0.1, 1.0, 1.0, 1.0]).similar(0, 3).rows == recommender(None).similar(0, 3).rows


def test_a_set_that_weighs_no_songs_lets_the_callers_weights_decide() -> None:
    assert recommender(None).for_profile([0], [1], 2.0, 1).rows == [3]
    assert recommender(None).for_profile([1], [0], 2.0, 1).rows == [2]


def test_skips_of_songs_that_say_much_leave_the_seeds_their_profile() -> None:
    rare_says_more = recommender([1.0, 9.0, 1.0, 1.0])
    assert rare_says_more.for_profile([0], [], 1.0, 2, listened={1: -0.5}).rows == [2, 3]
