"""The built-in sample: real songs from a hand-made catalog, played by simulated listeners."""

from training.sample.listeners import simulate
from training.sample.songs import SampleSongs, read_songs

__all__ = ["SampleSongs", "read_songs", "simulate"]
