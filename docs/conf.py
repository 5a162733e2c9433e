"""Settings of the documentation."""

import skinterpret

project = "skinterpret"
author = "the skinterpret developers"
copyright = "2026, the skinterpret developers"
release = skinterpret.__version__
extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.mathjax",
    "numpydoc",
]
autosummary_generate = True
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False
autodoc_typehints = "none"
exclude_patterns = ["_build"]
html_theme = "pydata_sphinx_theme"
html_title = "skinterpret"
