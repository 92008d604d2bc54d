"""Demo photos, drawn by our own code: nothing to download, and the same hotel always looks the same."""

from serai.demo.art.palette import CLIMATES
from serai.demo.art.scene import SUBJECTS, draw_photo

__all__ = ["CLIMATES", "SUBJECTS", "draw_photo"]
