"""Distil Anny into the small linear body that the product runs on.

Anny (Apache-2.0 code, CC0 data) is a full parametric body: 104 bones, phenotype blend shapes, PyTorch and Warp. Fitting
a photo needs less: 19 bones and a linear shape space. What is kept here is exact up to the truncation of that space,
starts in milliseconds and needs NumPy alone. Run `primerka train body --out DIR` to make it anew.
"""

from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from primerka.atomic import write_atomically
from primerka.body import BONES, JOINTS
from primerka.perception.anny_bones import LENGTHS, bone_groups

SHAPES = 20
BODIES = 800


def distil_body(folder: Path, seed: int = 0) -> Path:
    """Write folder/body.safetensors.

    template (V, 3), shapes (K, V, 3) metres per standard deviation, joint_template (19, 3), joint_shapes (K, 19, 3),
    weights (V, 19), faces (F, 3), keypoints (21, V): float16 and int32, in the camera's axes (x right, y down, z away)
    for a body that faces the camera.
    """
    import anny
    import torch

    model = anny.Anny(local_changes=list(LENGTHS), skinning_method="lbs")
    random = np.random.default_rng(seed)
    groups = bone_groups(model.bone_labels)
    heads = [groups.index(bone) for bone in range(len(BONES))]
    rows = []
    for _ in range(BODIES):
        phenotype = {name: random.uniform(0, 1) for name in model.phenotype_labels}
        phenotype["age"] = random.uniform(0.6, 0.95)
        lengths = {name: random.normal(0, 0.35) for name in LENGTHS}
        with torch.no_grad():
            out = model(phenotype_kwargs=phenotype, local_changes_kwargs=lengths)
        vertices, joints = out["rest_vertices"][0].numpy(), out["rest_bone_heads"][0].numpy()[heads]
        rows.append(np.concatenate([vertices, joints])[:, [0, 2, 1]] * [1, -1, 1])
    bodies = np.array(rows)
    mean = bodies.mean(0)
    _, spread, basis = np.linalg.svd((bodies - mean).reshape(BODIES, -1), full_matrices=False)
    shapes = (spread[:SHAPES, None] * basis[:SHAPES] / np.sqrt(BODIES)).reshape(SHAPES, -1, 3)
    lost = np.sqrt((spread[SHAPES:] ** 2).sum() / (spread**2).sum())
    print(f"shape space of {SHAPES}: {100 * lost:.1f} % of the spread is left out")

    weights = np.zeros((len(model.template_vertices), len(BONES)))
    for column in range(model.vertex_bone_weights.shape[1]):
        bones = np.array(groups)[model.vertex_bone_indices[:, column].numpy()]
        np.add.at(weights, (np.arange(len(weights)), bones), model.vertex_bone_weights[:, column].numpy())
    regressor = anny.KeypointsRegressor.coco(model, list(JOINTS))
    vertices = len(weights)
    arrays = {
        "template": mean[:vertices].astype(np.float16),
        "shapes": shapes[:, :vertices].astype(np.float16),
        "joint_template": mean[vertices:].astype(np.float32),
        "joint_shapes": shapes[:, vertices:].astype(np.float32),
        "weights": weights.astype(np.float16),
        "faces": model.get_triangular_faces().numpy().astype(np.int32),
        "keypoints": regressor.regression_weights.numpy().astype(np.float32),
    }
    path = folder / "body.safetensors"
    folder.mkdir(parents=True, exist_ok=True)
    write_atomically(path, lambda part: save_file(arrays, part))
    return path
