"""Words on the command line: which commands there are, and what they take."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
import warnings
from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import Any, NoReturn

from skinterpret import __version__
from skinterpret._spelling import did_you_mean, mended
from skinterpret.cli.terminal import printable_output

NETWORK = (
    "one of 60 and 60 tanh units is trained; with fewer than 1,000 rows by lbfgs and alpha=1, "
    "otherwise by adam"
)
MEND = (
    "Do not rely on it: try more rows, fewer columns, a larger --max-complexity, or a network that is easier "
    "to read by --estimator."
)
SEARCH_ON = "run the command again to let it search to the end"
WHAT_DRIVES = """The first of its tables tells what the network says
when one input has the value given and all others are at their mean or most frequent category;
the second which values stand for which class.  There `contribution` is what a value adds to the
log-odds of the class, or of more than two classes to its log-probability less the mean over all,
and `change` what it adds to the probability of the class."""
LARGEST_COMPLEXITY = 200  # that the engine takes
LARGEST_SEED = 2**32 - 1  # that numpy takes
STATUSES = """\
ends with:
  0    a rule was found
  2    the input cannot be used, or an output not written
  3    no closed form was found, of several classes for one or more; what was asked for is written
  130  interrupted, elsewhere than in a search
"""
EXAMPLES = """\
examples:
  skinterpret demo
  skinterpret explain patients.csv --target sick --report patients.html
  skinterpret explain patients.csv --target sick --estimator model.skops --json rule.json
  skinterpret predict rule.json new_patients.csv > classes.csv
  skinterpret explain patients.csv --target sick --drop ward
  skinterpret probe patients.csv --target sick
  skinterpret compare patients.csv --target sick
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    arguments : sequence of str, default=None
        Words after the program's name; `None` means those of the process.

    Returns
    -------
    int
        0 when it went well, 2 when the input cannot be used, 3 when `explain` or `demo` wrote all that was
        asked for and found no closed form, 130 when it was interrupted, 141 when
        whatever read the output stopped reading, as `head` does.

    Examples
    --------
    >>> from skinterpret.cli import main
    >>> main(["predict", "no_such_rule.json", "no_such_table.csv"])
    2
    """
    with printable_output():
        return _run(list(sys.argv[1:] if arguments is None else arguments))


def _run(words: list[str]) -> int:
    try:
        options = _parsed(words or ["--help"])
        options.command_line = shlex.join(["skinterpret", *words])
        # what the commands need takes seconds to import, which help does not need
        commands = import_module("skinterpret.cli.commands")
        with warnings.catch_warnings():
            if not sys.warnoptions:
                warnings.showwarning = _show_in_a_line
            status = getattr(commands, options.command)(options) or 0
        sys.stdout.flush()
    except BrokenPipeError:
        _drop_output()
        return 141
    except (ImportError, OSError, TypeError, ValueError) as error:
        print(f"skinterpret: {_sentence(error)}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("skinterpret: interrupted", file=sys.stderr)
        return 130
    return int(status)


def _sentence(error: Exception) -> str:
    """Say what went wrong, of files without the number that the system has for it."""
    if not isinstance(error, OSError) or error.filename is None:
        return str(error)
    if isinstance(error, FileNotFoundError):
        return f"there is no file {str(error.filename)!r}; check its name and the directory you are in."
    return f"{str(error.filename)!r} cannot be read or written ({error.strerror}); give another file."


def _parsed(words: list[str]) -> argparse.Namespace:
    try:
        return _parser().parse_args(words)
    except SystemExit:
        sys.stdout.flush()  # help that nobody reads on shows here, and not when the interpreter ends
        raise


def _show_in_a_line(message: Warning | str, *_: object, **__: object) -> None:
    from skinterpret.search.watch import GO_ON, PREPARE
    from skinterpret.surrogates.answers.telling import MEND as IN_PYTHON
    from skinterpret.surrogates.judging.readability import in_options

    sentence = in_options(str(message)).replace(IN_PYTHON, MEND)
    for in_python in (GO_ON, PREPARE):
        sentence = sentence.replace(in_python, SEARCH_ON)
    print(f"skinterpret: {sentence}", file=sys.stderr)


def _drop_output() -> None:
    """Let what is still to be written go nowhere, so that the interpreter ends without complaint."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())


def _parser() -> argparse.ArgumentParser:
    parser = _ProgramParser(
        prog="skinterpret",
        description="Read a decision rule out of a trained neural network.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=__version__)
    subparsers = parser.add_subparsers(
        required=True, metavar="COMMAND", dest="command", parser_class=_CommandParser
    )
    parser.commands = subparsers.choices

    def add(name: str, does: str, *options: _CommandParser) -> argparse.ArgumentParser:
        lines = [line for line in EXAMPLES.splitlines() if f"skinterpret {name}" in line]
        return subparsers.add_parser(
            name,
            help=does,
            description=f"{does[0].upper()}{does[1:]}.",
            epilog="\n".join(["examples:", *lines]),
            formatter_class=argparse.RawDescriptionHelpFormatter,
            parents=options,
        )

    table, model, answer, budget, seed = _table(), _model(), _answer(), _budget(), _seed()
    demo = add("demo", "train a network on x1² + 2·x2² > 1 and read the rule out", answer, budget, seed)
    demo.set_defaults(estimator=None)
    explain = add("explain", "read the rule of a network on a table", table, model, answer, budget, seed)
    for command in (demo, explain):
        command.epilog = f"{STATUSES}\n{command.epilog}"
    explain.add_argument(
        "--max-complexity",
        type=_complexity,
        default=30,
        metavar="N",
        help=f"of a formula in the search, where inputs are divided by powers of ten, from 1 to "
        f"{LARGEST_COMPLEXITY} (default: 30)",
    )
    probe = add("probe", "feed a network one value at a time", table, model, seed)
    probe.description = f"{probe.description}  {WHAT_DRIVES}"
    probe.add_argument(
        "--top",
        type=_count_or_none,
        default=10,
        metavar="N",
        help="of the values that stand for a class, how many are shown, 0 for all (default: 10)",
    )
    compare = add("compare", "the rule beside trees and other surrogates", table, model, budget, seed)
    compare.add_argument(
        "--folds", type=_folds, default=3, metavar="N", help="of the cross-validation (default: 3)"
    )
    _add_quiet(compare)
    predict = add("predict", "classify a table by a rule that was saved")
    predict.add_argument("rule", help="file that `explain --json` wrote")
    predict.add_argument("file", help="CSV, Parquet or Feather file with the rule's inputs")
    return parser


def _table() -> _CommandParser:
    options = _CommandParser(add_help=False)
    options.add_argument("file", help="CSV, Parquet or Feather file")
    options.add_argument("--target", required=True, metavar="COLUMN", help="column with the classes")
    inputs = options.add_mutually_exclusive_group()
    inputs.add_argument(
        "--columns",
        nargs="+",
        action="extend",
        metavar="NAME",
        help="the only columns to use as inputs (default: all but the target)",
    )
    inputs.add_argument(
        "--drop", nargs="+", action="extend", metavar="NAME", help="columns not to use as inputs, such as ids"
    )
    return options


def _model() -> _CommandParser:
    options = _CommandParser(add_help=False)
    options.add_argument(
        "--estimator", metavar="MODEL", help=f"trained network, .skops or .joblib (default: {NETWORK})"
    )
    options.add_argument(
        "--trust-pickle", action="store_true", help="load a .joblib file, which can run any code it holds"
    )
    return options


def _answer() -> _CommandParser:
    options = _CommandParser(add_help=False)
    options.add_argument("--report", metavar="FILE", help="write a page in HTML")
    options.add_argument("--json", metavar="FILE", help="write the rule, for `skinterpret predict`")
    options.add_argument(
        "--searches",
        type=_count,
        default=1,
        metavar="N",
        help="searches from different seeds; with two or more you see how many agree (default: 1)",
    )
    _add_quiet(options)
    return options


def _add_quiet(options: argparse.ArgumentParser) -> None:
    options.add_argument(
        "--quiet", action="store_true", help="show no progress; results, and what to know of them, are shown"
    )


def _budget() -> _CommandParser:
    options = _CommandParser(add_help=False)
    options.add_argument(
        "--max-time",
        type=_seconds,
        metavar="SECONDS",
        help="limit of all searches together; what each begins with is always done, which takes "
        "seconds a class, and in `compare` a fold; training, writing the candidates as rules and the report "
        "come on top, about half a minute for 30 columns (default: none)",
    )
    options.add_argument(
        "--n-jobs",
        type=_threads,
        default=-1,
        metavar="N",
        help="threads, up to the number of cores (default: all)",
    )
    return options


def _seed() -> _CommandParser:
    options = _CommandParser(add_help=False)
    options.add_argument(
        "--seed", type=_random_seed, default=0, help="random seed, from 0 to 2³² - 1 (default: 0)"
    )
    return options


class _ProgramParser(argparse.ArgumentParser):
    """Parser of all words that asks for the command which an unknown one is most like."""

    commands: Iterable[str] = ()

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Refuse an unknown command, then parse as usual."""
        command = next((word for word in args if not word.startswith("-")), None)
        if command is not None and command not in self.commands:
            choice = f"choose from: {', '.join(self.commands)}."
            self.error(f"there is no command {command!r}; {did_you_mean(command, self.commands) or choice}")
        return super().parse_known_args(args, namespace)


class _CommandParser(argparse.ArgumentParser):
    """Parser of a command's words that asks for the option which an unknown one is most like."""

    _words: Sequence[str] = ()

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Refuse unknown options, then parse as usual."""
        self._words = list(args)
        known = list(self._option_string_actions)
        for word in args:
            name = word.partition("=")[0]
            if name == "--":
                break
            if name.startswith("--") and not any(option.startswith(name) for option in known):
                self.error(f"there is no option {name}{mended(did_you_mean(name, known))}")
        return super().parse_known_args(args, namespace)

    def error(self, message: str) -> NoReturn:
        """Refuse as usual; of a file that was taken for the last of several names, say so."""
        names_before = {"--columns", "--drop"} & set(self._words)
        if "required: file" in message and names_before:
            message += f"; give it before {min(names_before)}, which takes all names that follow"
        super().error(message)


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"must be a number from 1 on, got {text!r}")
    return int(text)


def _complexity(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= LARGEST_COMPLEXITY:
        raise argparse.ArgumentTypeError(f"must be a number from 1 to {LARGEST_COMPLEXITY}, got {text!r}")
    return int(text)


def _count_or_none(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"must be a number from 0 on, got {text!r}")
    return int(text)


def _folds(text: str) -> int:
    if not text.isdecimal() or int(text) < 2:
        raise argparse.ArgumentTypeError(f"must be a number from 2 on, got {text!r}")
    return int(text)


def _random_seed(text: str) -> int:
    if not text.isdecimal() or int(text) > LARGEST_SEED:
        raise argparse.ArgumentTypeError(f"must be a number from 0 to {LARGEST_SEED}, got {text!r}")
    return int(text)


def _threads(text: str) -> int:
    """Read a number, of which more than there are cores are of no use, and too many cannot be started."""
    if text != "-1" and (not text.isdecimal() or int(text) == 0):
        raise argparse.ArgumentTypeError(f"must be a number from 1 on, or -1 for all cores, got {text!r}")
    return min(int(text), os.cpu_count() or 1)


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"must be a number above 0, got {text!r}")
    return value
