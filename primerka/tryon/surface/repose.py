"""The surface engine's re-poser: every part of the person, with all that hangs on it, carried by the shared body surface."""

import numpy as np

from primerka.perception.surface import see_surface
from primerka.person import Person
from primerka.tryon.repose import PLAIN, Reposed
from primerka.tryon.surface.canvas import Canvas, lay_part
from primerka.tryon.surface.carry import Way
from primerka.tryon.surface.figure import HEAD, hang
from primerka.tryon.surface.painted_face import paint_face
from primerka.tryon.surface.posed_body import body_in_pose
from primerka.tryon.surface.scene import over
from primerka.tryon.surface.turned_part import turn_part
from primerka.tryon.surface.underpaint import paint_vertices, render, skin_colour


class SurfaceReposer:
    name = "surface"

    def repose(self, source: Person, target: Person) -> Reposed:
        height, width = target.photo.rgb.shape[:2]
        body = body_in_pose(source.body, target.body)
        surface = see_surface(body, height, width)
        regions = hang(source)
        colours, bare = paint_vertices(source, regions)
        under, under_alpha = render(body, surface, colours, bare)
        canvas = Canvas(height, width)
        canvas.lay(slice(None), slice(None), under, under_alpha, np.zeros_like(under_alpha))
        way = Way(source, body, surface, regions)
        for part in way.back_to_front():
            turned = turn_part(source, part, regions, body, (height, width)) if way.turns_away(part) else None
            carried = way.carry(part, turned is not None)
            if carried is not None:
                lay_part(canvas, carried, source, body, way.target_alone)
            if turned is not None:
                canvas.lay(slice(None), slice(None), *turned)
            if part == HEAD and carried is not None and way.lacks_face:
                face, face_alpha = paint_face(body, surface, skin_colour(source))
                canvas.lay(slice(None), slice(None), face, face_alpha, np.zeros_like(face_alpha))
        rgb, alpha, certain = canvas.picture()
        way.find_invented(certain)
        mixed = over(np.full_like(rgb, PLAIN), rgb, alpha)
        layers = {
            "underpaint": over(np.full_like(rgb, PLAIN), under, under_alpha),
            "alpha": np.rint(255 * alpha).astype(np.uint8),
        }
        return Reposed(mixed, alpha, certain, way.warnings, layers)
