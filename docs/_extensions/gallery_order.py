"""Order of the examples: rules first, then the sceptic's tools and probes, then special cases."""

ORDER = (
    "plot_concept.py",
    "plot_decision_rule_ellipse.py",
    "plot_decision_rule_raw_units.py",
    "plot_decision_rule_genes.py",
    "plot_decision_rule_iris.py",
    "plot_formula_regression.py",
    "plot_surrogate_comparison.py",
    "plot_surrogate_pruned.py",
    "plot_tree.py",
    "plot_symbolic_classification.py",
    "plot_probe_measurements.py",
    "plot_probe_multi_hot.py",
    "plot_beeswarm.py",
    "plot_probe_saliency.py",
    "plot_probe_neurons.py",
    "plot_network_path.py",
)


class Place:
    """Sort examples as listed, and any others behind them by name."""

    def __init__(self, src_dir):
        """Take the folder of the examples, which sphinx-gallery hands over; the order is the same for any."""

    def __call__(self, name):
        return (ORDER.index(name) if name in ORDER else len(ORDER), name)
