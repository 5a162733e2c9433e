"""Rules of experiments 1 to 8: fidelity does not tell which of them are what the network encodes."""

from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

# a plot directive runs this file in the documentation's source directory
table = pd.read_csv(
    Path("..") / "benchmarks" / "results" / "recovery.csv", comment="#", dtype={"experiment": str}
)
table = table[~table["experiment"].str.contains("box")]  # two of them once more on a smaller box
number = table["experiment"] = table["experiment"].astype(int)
recovered = table["concept"] | table["decision"] | table["sum"] | table["both"]
trusted = table["verdict"] != "no closed form found"
assert trusted[number <= 6].all()
assert recovered[number <= 6].mean() > 0.9
assert not recovered[number >= 7].all()
assert table["fidelity"][~recovered & trusted].min() > 0.98
assert table["loss of rule"][number >= 7].min() > table["loss of rule"][number <= 6].max()

figure, (left, right) = plt.subplots(1, 2, figsize=(8, 3.7), sharey=True, layout="constrained")
for found, marker, colour, name in (
    (True, "o", "#0072b2", "the rule is the truth, or a function of both rules"),
    (False, "X", "#d55e00", "it is another one"),
):
    rows = table[recovered == found]
    heights = rows["experiment"] + (rows["seed"] - table["seed"].mean()) / 18
    left.scatter(rows["fidelity"], heights, s=24, marker=marker, c=colour, label=name)
    right.scatter(rows["loss of rule"], heights, s=24, marker=marker, c=colour)
left.set(xlabel="fidelity of the rule", ylabel="experiment, ten networks each", yticks=range(1, 9))
right.set(xlabel="1 - |mean cos| to the network's directions", xscale="log")
left.invert_yaxis()
figure.legend(*left.get_legend_handles_labels(), loc="outside upper center", ncols=2, frameon=False)
