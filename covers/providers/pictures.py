"""A picture from a provider's picture host."""

from covers.outside import MOST_PICTURE, Hosts, Outside
from errors import ProviderDown, ProviderLied

_NONE_THERE = (404, 410)


async def fetch(outside: Outside, hosts: Hosts, url: str) -> bytes | None:
    """The bytes at an address; None where it says that there is no picture. Raises ProviderFault."""
    answer = await outside.get(hosts, url, most=MOST_PICTURE)
    if answer.status in _NONE_THERE:
        return None
    if answer.status != 200:
        msg = f"a picture was answered with {answer.status}"
        raise ProviderDown(msg) if answer.status >= 500 or answer.status == 429 else ProviderLied(msg)
    return answer.body
