"""Demo photos, drawn by our own code: no downloads, no licences, the same picture for the same hotel every time."""

from serai.demo.art.palette import CLIMATES
from serai.demo.art.scene import SUBJECTS, draw_photo

__all__ = ["CLIMATES", "SUBJECTS", "draw_photo"]
