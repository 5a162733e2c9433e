"""Settings of the documentation."""

import sys
from pathlib import Path

import skinterpret

sys.path.insert(0, str(Path(__file__).parent / "_extensions"))

project = "skinterpret"
author = "the skinterpret developers"
copyright = "2026, the skinterpret developers"
release = skinterpret.__version__
extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "numpydoc",
    "matplotlib.sphinxext.plot_directive",
    "sphinx_gallery.gen_gallery",
    "benchmark_pages",
]
autosummary_generate = True
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False
autodoc_typehints = "none"
exclude_patterns = ["_build", "sg_execution_times.rst", "gallery/sg_execution_times.rst"]
plot_formats = [("png", 110)]
plot_html_show_formats = False
plot_html_show_source_link = False
plot_working_directory = str(Path(__file__).parent)
sphinx_gallery_conf = {
    "examples_dirs": "../examples",
    "gallery_dirs": "gallery",
    "within_subsection_order": "gallery_order.Place",
    "abort_on_example_error": True,
    "plot_gallery": True,
    # of objects that are pictures a page would show the address, too
    "ignore_repr_types": r"matplotlib|skinterpret\.displays",
    "show_memory": False,
    "show_signature": False,
    "download_all_examples": False,
}
html_theme = "pydata_sphinx_theme"
html_title = "skinterpret"
