"""A picture from a provider's picture host."""

from covers.outside import MOST_PICTURE, Hosts, Outside
from errors import ProviderDown, ProviderLied

_TRY_AGAIN = (408, 429)


async def fetch(outside: Outside, hosts: Hosts, url: str) -> bytes | None:
    """The bytes at an address; None where there is no picture, or none for us. Raises ProviderFault."""
    answer = await outside.get(hosts, url, most=MOST_PICTURE)
    if answer.status == 200:
        return answer.body
    msg = f"a picture was answered with {answer.status}"
    if answer.status >= 500 or answer.status in _TRY_AGAIN:
        raise ProviderDown(msg)
    if answer.status >= 400:
        return None
    raise ProviderLied(msg)
