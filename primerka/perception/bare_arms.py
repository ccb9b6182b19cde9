"""Hands and bare forearms before the trunk, which the parsing network now and then takes for the cloth behind them."""

import cv2
import numpy as np

from primerka.body import BONE
from primerka.parsing import GARMENTS, LABEL
from primerka.photo import Photo
from primerka.surface import Surface

ARM_BONES = {side: [BONE[f"{side}_forearm"], BONE[f"{side}_hand"]] for side in ("left", "right")}
REACH = 0.08  # torso lengths around the body's arm in which a real one may lie
DIFFERENT = 20.0  # in Lab: cloth that differs less from the face cannot be told from skin
NEARER = 0.5  # a pixel is skin that is so much nearer to the face's colour than to the cloth's
MAX_ALIKE = 0.05  # of the cloth further off: more of it that looks like skin is a pattern
MIN_PATCH = 0.004  # of the torso length squared


def bare_arms_before_cloth(labels: np.ndarray, photo: Photo, surface: Surface, torso_px: float) -> np.ndarray:
    """(H, W) uint8 labels with patches of cloth turned into arm that lie on the body's forearms and have the face's colour."""
    face = labels == LABEL["face"]
    if face.sum() < MIN_PATCH * torso_px**2:
        return labels
    lab = cv2.cvtColor(cv2.GaussianBlur(photo.rgb, (0, 0), 1.5).astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    skin = np.median(lab[face], 0)
    labels = labels.copy()
    pixels = max(round(REACH * torso_px), 1)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * pixels + 1, 2 * pixels + 1))
    near = {side: cv2.dilate(surface.mask(bones).astype(np.uint8), kernel) > 0 for side, bones in ARM_BONES.items()}
    for garment in GARMENTS:
        worn = labels == LABEL[garment]
        arms = worn & (near["left"] | near["right"])
        elsewhere = worn & ~arms
        if min(arms.sum(), elsewhere.sum()) < MIN_PATCH * torso_px**2:
            continue
        cloth = np.median(lab[elsewhere], 0)
        from_skin, from_cloth = (np.linalg.norm((lab - colour) * [0.5, 1, 1], axis=2) for colour in (skin, cloth))
        alike = (from_skin < NEARER * from_cloth).astype(np.uint8)
        if np.linalg.norm(cloth - skin) < DIFFERENT or alike[elsewhere].mean() > MAX_ALIKE:
            continue
        alike = cv2.morphologyEx(alike, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8)) > 0
        for side in near:
            count, patches, stats, _ = cv2.connectedComponentsWithStats((worn & near[side] & alike).astype(np.uint8))
            large = [index for index in range(1, count) if stats[index, cv2.CC_STAT_AREA] > MIN_PATCH * torso_px**2]
            labels[np.isin(patches, large)] = LABEL[f"{side}_arm"]
    return labels
