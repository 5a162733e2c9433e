"""Pictures of networks and of what stands in for them, in scikit-learn's pattern of displays."""

from skinterpret.displays.beeswarm import BeeswarmDisplay
from skinterpret.displays.boundary import BoundaryDisplay
from skinterpret.displays.curves import ComparisonDisplay, PruningPathDisplay, SaliencyDisplay
from skinterpret.displays.front import FrontDisplay
from skinterpret.displays.heat import NeuronDisplay, ProbeDisplay
from skinterpret.displays.link import LinkDisplay
from skinterpret.displays.path import PathDisplay
from skinterpret.displays.tree import TreeDisplay

__all__ = [
    "BeeswarmDisplay",
    "BoundaryDisplay",
    "ComparisonDisplay",
    "FrontDisplay",
    "LinkDisplay",
    "NeuronDisplay",
    "PathDisplay",
    "ProbeDisplay",
    "PruningPathDisplay",
    "SaliencyDisplay",
    "TreeDisplay",
]
