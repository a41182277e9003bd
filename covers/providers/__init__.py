"""The sources, one small class each, and the one visible order of their names."""

from covers.candidates import Provider, ProviderName
from covers.clock import Clock
from covers.outside import Outside
from covers.providers.deezer import Deezer
from covers.providers.itunes import ITunes
from covers.providers.musicbrainz import MusicBrainz
from settings import Settings


def configured(settings: Settings, outside: Outside, clock: Clock) -> tuple[Provider, ...]:
    """The providers that METADATA_PROVIDERS names, in its order; MusicBrainz only where a contact is set."""
    made: dict[ProviderName, Provider] = {
        "itunes": ITunes(outside, settings.itunes_url),
        "deezer": Deezer(outside, settings.deezer_url, clock),
    }
    if settings.metadata_contact:
        made["musicbrainz"] = MusicBrainz(
            outside, settings.musicbrainz_url, settings.coverart_url, settings.metadata_contact
        )
    return tuple(made[name] for name in settings.metadata_providers if name in made)


__all__ = ["Deezer", "ITunes", "MusicBrainz", "configured"]
