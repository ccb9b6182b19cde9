"""How Anny's body and ours speak of the same bones, and the lengths that make its bodies differ. Anny itself is not needed."""

from primerka.body import BONES

# Each of our bones, and the Anny bones that move with it, named by their prefix; the first one's head is the joint.
MERGED = {
    "pelvis": ("root", "pelvis", "spine05"),
    "abdomen": ("spine04", "spine03"),
    "chest": ("spine02", "spine01"),
    "neck": ("neck01", "neck02", "neck03"),
    "head": ("head", "eye", "tongue", "jaw", "special", "oris", "levator", "orbicularis", "temporalis", "oculi", "risorius"),
    "clavicle": ("clavicle", "shoulder01"),
    "upper_arm": ("upperarm01", "upperarm02"),
    "forearm": ("lowerarm01", "lowerarm02"),
    "hand": ("wrist", "finger", "metacarpal"),
    "thigh": ("upperleg01", "upperleg02"),
    "shin": ("lowerleg01", "lowerleg02"),
    "foot": ("foot", "toe"),
}
LENGTHS = (
    "measure-upperarm-length-incr", "measure-lowerarm-length-incr", "measure-upperleg-height-incr",
    "measure-lowerleg-height-incr", "measure-napetowaist-dist-incr", "measure-waisttohip-dist-incr",
    "measure-shoulder-dist-incr", "measure-hips-circ-incr", "measure-waist-circ-incr", "measure-bust-circ-incr",
    "measure-neck-height-incr", "measure-thigh-circ-incr", "measure-upperarm-circ-incr", "measure-calf-circ-incr",
    "hip-scale-horiz-incr", "torso-scale-horiz-incr", "neck-scale-vert-incr", "torso-scale-vert-incr",
)  # fmt: skip


def bone_groups(labels: list[str]) -> list[int]:
    """For each Anny bone the index of our bone that it moves with."""
    groups = []
    for label in labels:
        name, _, side = label.partition(".")
        ours = next(bone for bone, prefixes in MERGED.items() if name.startswith(prefixes))
        side = {"L": "left_", "R": "right_", "": ""}[side] if f"left_{ours}" in BONES else ""
        groups.append(BONES.index(side + ours))
    return groups
