"""Toy physics: pairs of particles from a resonance over a falling background."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Resonance:
    """Masses in GeV. `signal_fraction` of the pairs are not background."""

    mass: float
    width: float
    resolution: float
    signal_fraction: float
    daughter_mass: float


Z_TO_MUONS = Resonance(91.19, 2.50, 1.3, 0.75, 0.1057)
Z_TO_ELECTRONS = Resonance(91.19, 2.50, 2.2, 0.65, 0.0005)
HIGGS_TO_PHOTONS = Resonance(125.1, 0.004, 1.6, 0.04, 0.0)


def pairs(
    resonance: Resonance, count: int, random: np.random.Generator
) -> dict[str, NDArray[np.generic]]:
    """`count` events: pt (GeV), eta, phi and charge of two particles, the harder one first."""
    mass = _masses(resonance, count, random)
    # The parent: a steeply falling transverse momentum and a flat rapidity.
    parent_pt = random.exponential(12.0, count)
    parent_phi = random.uniform(-np.pi, np.pi, count)
    rapidity = random.normal(0.0, 1.1, count)
    transverse_mass = np.hypot(mass, parent_pt)
    parent = np.stack(
        [
            transverse_mass * np.cosh(rapidity),
            parent_pt * np.cos(parent_phi),
            parent_pt * np.sin(parent_phi),
            transverse_mass * np.sinh(rapidity),
        ]
    )
    # The decay: back to back and isotropic where the parent rests.
    energy = mass / 2
    momentum = np.sqrt(np.maximum(energy**2 - resonance.daughter_mass**2, 0.0))
    cosine = random.uniform(-1, 1, count)
    angle = random.uniform(-np.pi, np.pi, count)
    sine = np.sqrt(1 - cosine**2)
    at_rest = momentum * np.stack([sine * np.cos(angle), sine * np.sin(angle), cosine])
    one = _boosted(energy, at_rest, parent, mass)
    two = _boosted(energy, -at_rest, parent, mass)
    is_harder = np.hypot(one[0], one[1]) >= np.hypot(two[0], two[1])
    first, second = np.where(is_harder, one, two), np.where(is_harder, two, one)
    charge = random.choice(np.array([-1, 1], dtype=np.int32), count)
    events: dict[str, NDArray[np.generic]] = {}
    for index, (particle, sign) in enumerate(((first, 1), (second, -1)), start=1):
        transverse = np.hypot(particle[0], particle[1])
        events[f"pt{index}"] = transverse.astype(np.float32)
        events[f"eta{index}"] = np.arcsinh(particle[2] / transverse).astype(np.float32)
        events[f"phi{index}"] = np.arctan2(particle[1], particle[0]).astype(np.float32)
        events[f"q{index}"] = (charge * sign).astype(np.int32)
    return events


def _masses(resonance: Resonance, count: int, random: np.random.Generator) -> Array:
    """A Breit-Wigner on an exponential, smeared by the detector, between 40 and 180 GeV."""
    is_signal = random.random(count) < resonance.signal_fraction
    uniform = random.uniform(0.02, 0.98, count)
    signal = resonance.mass + resonance.width / 2 * np.tan(np.pi * (uniform - 0.5))
    background = 40 + random.exponential(35.0, count)
    smeared = np.where(is_signal, signal, background) + random.normal(
        0, resonance.resolution, count
    )
    return np.clip(smeared, 40.0, 180.0)


def _boosted(energy: Array, momentum: Array, parent: Array, mass: Array) -> Array:
    """The three-momentum of a daughter, from the parent's rest frame into the laboratory."""
    gamma = parent[0] / mass
    beta = parent[1:] / parent[0]
    along = (beta * momentum).sum(axis=0)
    boosted: Array = momentum + gamma * beta * (gamma / (gamma + 1) * along + energy)
    return boosted
