"""Nothing from outside is trusted: hosts, redirects, sizes."""

import asyncio
import tracemalloc

import pytest
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from covers.outside import Answer, Hosts, Outside
from errors import ProviderDown, ProviderLied
from tests.covers import fake as traps
from tests.covers.fake import Fake, play


def _get(hosts: Hosts, url: str, most: int = 2**20) -> Answer:
    async def run() -> Answer:
        outside = Outside()
        try:
            return await outside.get(hosts, url, most=most)
        finally:
            await outside.close()

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://mzstatic.com/a.jpg", True),
        ("https://is1-ssl.mzstatic.com/a.jpg", True),
        ("http://is1-ssl.mzstatic.com/a.jpg", False),
        ("https://is1-ssl.mzstatic.com:8443/a.jpg", False),
        ("https://me:pw@is1-ssl.mzstatic.com/a.jpg", False),
        ("https://mzstatic.com.evil.example/a.jpg", False),
        ("https://evilmzstatic.com/a.jpg", False),
        ("https://169.254.169.254/latest/meta-data", False),
        ("//mzstatic.com/a.jpg", False),
        ("javascript:alert(1)", False),
        ("https://[::1]/a.jpg", False),
        ("https://mzstatic.com\x00.evil.example/", False),
        ("http://127.0.0.1:8080/a.jpg", True),
        ("http://127.0.0.1:8081/a.jpg", False),
        ("https://127.0.0.1:8080/a.jpg", False),
        ("http://localhost:8080/a.jpg", False),
    ],
)
def test_only_a_provider_s_own_hosts_are_allowed(url: str, allowed: bool) -> None:
    assert Hosts.of("http://127.0.0.1:8080/itunes", domains="mzstatic.com").allow(url) is allowed


@pytest.mark.parametrize(
    "to", ["http://169.254.169.254/latest/", "http://localhost:1/", "file:///etc/passwd", "ftp://x"]
)
def test_a_redirect_elsewhere_is_not_followed(fake: Fake, to: str) -> None:
    fake.answers["art"] = traps.redirect(to)
    with pytest.raises((ProviderLied, ProviderDown)):
        _get(Hosts.of(fake.url), f"{fake.url}/art/x")
    assert len(fake.calls) == 1


def test_the_archive_s_chain_of_hosts_is_followed(fake: Fake) -> None:
    with play(Fake()) as archive, play(Fake()) as node:
        fake.answers["coverart"] = traps.redirect(f"{archive.url}/archive/download/0.jpg", 307)
        archive.answers["archive"] = traps.redirect(f"{node.url}/archive/node/0.jpg")
        node.answers["archive"] = traps.always(traps.jpeg(traps.GREEN), media_type="image/jpeg")
        url = f"{fake.url}/coverart/release/x/front-500"
        assert _get(Hosts.of(fake.url, archive.url, node.url), url).body == traps.jpeg(traps.GREEN)
        with pytest.raises(ProviderLied, match="none of the provider's"):
            _get(Hosts.of(fake.url, archive.url), url)


@pytest.mark.parametrize(("hops", "followed"), [(5, True), (6, False)])
def test_five_redirects_are_followed_and_no_more(fake: Fake, hops: int, followed: bool) -> None:
    async def hop(request: Request) -> Response:
        left = int(request.path_params["path"])
        return RedirectResponse(f"{fake.url}/art/{left - 1}") if left else Response(b"there")

    fake.answers["art"] = hop
    if followed:
        assert _get(Hosts.of(fake.url), f"{fake.url}/art/{hops}").body == b"there"
    else:
        with pytest.raises(ProviderLied, match="more than 5 redirects"):
            _get(Hosts.of(fake.url), f"{fake.url}/art/{hops}")


def test_of_a_body_of_three_gigabytes_no_more_is_held_than_is_allowed(fake: Fake) -> None:
    fake.answers["itunes"] = traps.endless(fake)
    tracemalloc.start()
    with pytest.raises(ProviderLied, match="more than 1,048,576 bytes"):
        _get(Hosts.of(fake.url), f"{fake.url}/itunes/search")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 16 * 2**20


def test_what_is_packed_is_not_unpacked(fake: Fake) -> None:
    fake.answers["itunes"] = traps.always(b"\x1f\x8b", Content_Encoding="gzip")
    with pytest.raises(ProviderLied, match="packed"):
        _get(Hosts.of(fake.url), f"{fake.url}/itunes/search")


def test_nobody_there_is_a_provider_that_is_down() -> None:
    with pytest.raises(ProviderDown, match=r"127\.0\.0\.1"):
        _get(Hosts.of("http://127.0.0.1:1"), "http://127.0.0.1:1/")
