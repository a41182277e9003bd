"""Pictures from outside, opened with care: their colour, and small WebP copies."""

import colorsys
import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from PIL import Image, UnidentifiedImageError

from errors import NotAPicture

WIDTHS = (96, 300, 600)
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
_MOST_PIXELS = 4096 * 4096  # 48 MB when opened; a bomb says in its head how large it is
_COLORS = 12
_SAMPLE = 64
_DARK, _LIGHT = 0.18, 0.82  # lightness of what counts as black and as white
_QUALITY = 82


class Seen(NamedTuple):
    """A picture that was opened: its dominant colour as `#rrggbb`, and a WebP copy of at most 600 px where wanted."""

    color: str
    copy: bytes | None


def look(content: bytes, *, copied: bool = False) -> Seen:
    """Open a picture once for all that is wanted of it. Raises NotAPicture."""
    with _opened(content, WIDTHS[-1]) as image:
        return Seen(dominant(image), _webp(image, WIDTHS[-1]) if copied else None)


def resized(content: bytes, width: int) -> bytes:
    """A WebP copy, at most `width` px wide and high. Raises NotAPicture."""
    with _opened(content, width) as image:
        return _webp(image, width)


def tile(color: str, width: int) -> bytes:
    """A WebP square of one colour, `#rrggbb`: what stands for a cover that cannot be fetched now."""
    return _webp(Image.new("RGB", (width, width), color), width)


def dominant(image: Image.Image) -> str:
    """The colour that a picture shows most, vivid ones first; of a black-and-white picture, a grey between them."""
    sample = image.copy()
    sample.thumbnail((_SAMPLE, _SAMPLE))
    few = sample.quantize(_COLORS, Image.Quantize.MEDIANCUT).convert("RGB")
    counted = few.getcolors(_SAMPLE * _SAMPLE) or []
    shares = [(count, _rgb(color)) for count, color in counted]
    red, green, blue = max(shares, key=lambda share: share[0] * _weight(share[1]))[1]
    hue, lightness, saturation = colorsys.rgb_to_hls(red, green, blue)
    within = min(max(lightness, _DARK), _LIGHT)
    return "#" + "".join(f"{round(part * 255):02x}" for part in colorsys.hls_to_rgb(hue, within, saturation))


def _rgb(pixel: Any) -> tuple[float, float, float]:  # noqa: ANN401  Pillow's type of a pixel covers all modes
    red, green, blue = pixel
    return red / 255, green / 255, blue / 255


def _weight(color: tuple[float, float, float]) -> float:
    """How much a colour says: chroma counts, and what is nearly black or white hardly."""
    _, lightness, _ = colorsys.rgb_to_hls(*color)
    chroma = max(color) - min(color)
    return (0.05 if not _DARK <= lightness <= _LIGHT else 0.3) + chroma


@contextmanager
def _opened(content: bytes, width: int) -> Iterator[Image.Image]:
    """The picture as RGB; large JPEGs are unpacked at a fraction of their size."""
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as image:
            if image.width * image.height > _MOST_PIXELS:
                msg = f"a picture of {image.width} x {image.height} px, expected {_MOST_PIXELS:,} px at most"
                raise NotAPicture(msg)
            image.draft("RGB", (width, width))
            yield image.convert("RGBA").convert("RGB") if image.mode == "P" else image.convert("RGB")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError) as exc:
        msg = f"no picture that we open ({exc}): expected {', '.join(_FORMATS)}"
        raise NotAPicture(msg) from exc


def _webp(image: Image.Image, width: int) -> bytes:
    small = image.copy()
    small.thumbnail((width, width), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    small.save(out, "WEBP", quality=_QUALITY)
    return out.getvalue()
