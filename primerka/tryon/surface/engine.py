"""The surface engine: no GPU, the buyer's own pixels, true correspondence through the two fitted bodies."""

from primerka.person import Garment, Person
from primerka.tryon.engine import Look
from primerka.tryon.surface.buyer import Buyer, prepare_buyer
from primerka.tryon.surface.cloth import Cloth, prepare_cloth
from primerka.tryon.surface.dress import dress
from primerka.tryon.surface.scene import start_scene

# A new lower garment goes on under a new top, and after it: what the old top hid of the legs is then free.
PUT_ON_IN_ORDER = ("top", "trousers", "shorts", "skirt", "outerwear")
WITH_A_DRESS = ("trousers", "shorts", "skirt", "dress", "top", "outerwear")  # it takes the place of a lower garment


class SurfaceEngine:
    name = "surface"

    def prepare_buyer(self, person: Person) -> Buyer:
        return prepare_buyer(person)

    def prepare_garment(self, garment: Garment) -> Cloth:
        return prepare_cloth(garment)

    def dress(self, buyer: Buyer, garments: list[Cloth]) -> Look:
        scene = start_scene(buyer)
        layers = {"background": buyer.background, "skin": buyer.skin}
        order = WITH_A_DRESS if any(cloth.category == "dress" for cloth in garments) else PUT_ON_IN_ORDER
        for cloth in sorted(garments, key=lambda cloth: order.index(cloth.category)):
            new = dress(scene, buyer, cloth)
            layers[f"{cloth.category}_cloth"] = cloth.rgb
            layers[f"{cloth.category}_trunk_cloth"] = cloth.trunk_rgb
            layers[f"{cloth.category}_draped"] = new.rgb
            layers[f"{cloth.category}_alpha"] = (255 * new.whole_alpha).astype("uint8")
            layers[f"{cloth.category}_worn"] = scene.rgb.copy()
        return Look(scene.rgb, scene.changed, scene.all_warnings(), layers)
