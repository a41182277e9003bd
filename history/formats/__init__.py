"""Formats of histories in JSON, one small reader each, told apart by the keys of their records."""

from history.formats.contract import JsonFormat
from history.formats.lastfm import LastFmPages, LastFmStats
from history.formats.listenbrainz import ListenBrainz
from history.formats.scrobblers import Maloja, Pano
from history.formats.spotify import SpotifyAccount, SpotifyExtended
from history.formats.youtube import YouTube

# By how often people have them
JSON_FORMATS: tuple[JsonFormat, ...] = (
    SpotifyAccount(),
    SpotifyExtended(),
    YouTube(),
    LastFmPages(),
    LastFmStats(),
    ListenBrainz(),
    Maloja(),
    Pano(),
)
