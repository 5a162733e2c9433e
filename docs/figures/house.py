"""The rooms, each above those from which it may import, and who imports from whom."""

import ast
import csv
from pathlib import Path

import matplotlib.pyplot as plt

import skinterpret

# a plot directive runs this file in the documentation's source directory
with Path("rooms.csv").open(encoding="utf-8", newline="") as file:
    rooms = list(csv.DictReader(file))
names = [room["room"] for room in rooms]
package = Path(skinterpret.__file__).parent

links = set()
for module in package.rglob("*.py"):
    own = module.relative_to(package).with_suffix("").parts[0]
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("skinterpret."):
            room = node.module.split(".")[1]
            if own in names and room != own:
                links.add((own, room))

height = {name: len(names) - position for position, name in enumerate(names)}
assert all(height[above] > height[below] for above, below in links)

figure, ax = plt.subplots(figsize=(6, 6.5), layout="constrained")
for name, y in height.items():
    ax.barh(y, 1, height=0.74, color="#dce9f2", edgecolor="#0072b2")
    ax.text(0.5, y, name, ha="center", va="center", family="monospace", fontsize=12)
for above, below in sorted(links):
    steps = height[above] - height[below]
    bend = {"arrowstyle": "-|>", "connectionstyle": f"arc3,rad={-0.2 * steps**0.5:.3f}"}
    look = {"color": "#444444", "lw": 0.8, "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", (1.0, height[below] + 0.12), (1.0, height[above] - 0.12), arrowprops=bend | look)
ax.set(xlim=(-0.02, 1.95), ylim=(0.4, len(names) + 0.6))
ax.set_axis_off()
