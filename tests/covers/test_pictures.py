"""Pictures: their colour, their copies, and those that are none."""

import io

import pytest
from PIL import Image

from covers import pictures
from errors import NotAPicture
from tests.covers.fake import GREEN, bomb, jpeg, near


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def test_the_colour_is_that_of_the_field_between_black_and_white_bars() -> None:
    assert near(pictures.look(jpeg(GREEN)).color, GREEN)


def test_a_small_vivid_field_goes_before_a_black_ground() -> None:
    image = Image.new("RGB", (100, 100), "black")
    image.paste("#c62828", (0, 0, 100, 20))
    assert near(pictures.look(_png(image)).color, "#c62828")


@pytest.mark.parametrize("ground", ["black", "white"])
def test_a_cover_that_is_all_black_or_white_is_neither_in_its_colour(ground: str) -> None:
    color = pictures.look(_png(Image.new("RGB", (50, 50), ground))).color
    assert 0x20 < int(color[1:3], 16) < 0xE0


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "L", "CMYK"])
def test_every_mode_becomes_a_webp_of_at_most_the_width(mode: str) -> None:
    image = Image.new("RGB", (1200, 800), GREEN).convert(mode)
    out = io.BytesIO()
    image.save(out, "JPEG" if mode == "CMYK" else "PNG")
    for width in pictures.WIDTHS:
        with Image.open(io.BytesIO(pictures.resized(out.getvalue(), width))) as copy:
            assert (copy.format, copy.width) == ("WEBP", width)


def test_a_small_picture_is_not_blown_up() -> None:
    with Image.open(io.BytesIO(pictures.resized(_png(Image.new("RGB", (40, 30))), 600))) as copy:
        assert copy.size == (40, 30)


@pytest.mark.parametrize(
    "content",
    [b"", b"<html>not found</html>", bomb(), bomb(20_000, 20_000), jpeg(GREEN)[:400], b"\x00" * 100, b"GIF89a"],
    ids=["nothing", "a page", "a bomb", "a smaller bomb", "half of one", "zeros", "a head alone"],
)
def test_what_is_no_picture_is_said_to_be_none(content: bytes) -> None:
    with pytest.raises(NotAPicture):
        pictures.look(content)


def test_a_tile_is_of_its_colour() -> None:
    with Image.open(io.BytesIO(pictures.tile(GREEN, 96))) as tile:
        assert tile.size == (96, 96)
    assert near(pictures.look(pictures.tile(GREEN, 96)).color, GREEN)
