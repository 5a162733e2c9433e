"""Files that are to be written after a search, and are tried before it."""

import os

import pytest

from skinterpret.cli import main
from skinterpret.cli.outputs import check_outputs


@pytest.mark.skipif(os.name == "nt", reason="other words for it there")
@pytest.mark.parametrize("option", ["--report", "--json"])
@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("nowhere/file", "No such file or directory"),
        (".", "Is a directory"),
        ("x" * 300, "File name too long"),
    ],
    ids=["no directory", "directory", "name too long"],
)
def test_what_cannot_be_written_is_refused_before_the_search(table, tmp_path, capsys, option, path, message):
    assert main(["explain", str(table), "--target", "sick", option, str(tmp_path / path)]) == 2
    output = capsys.readouterr()
    assert f"cannot be written ({message}); name another file for {option}" in output.err
    assert output.err.count("\n") == 1
    assert not output.out


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="needs a file system that takes no files")
def test_a_directory_that_takes_no_files_is_found_out_by_trying():
    with pytest.raises(ValueError, match="/proc/x cannot be written .*; name another file for --json"):
        check_outputs({"--json": "/proc/x"})


@pytest.mark.skipif(os.name == "nt", reason="links need a right of their own there")
def test_trying_leaves_nothing_behind_and_changes_nothing(tmp_path):
    here, new, link = tmp_path / "here.json", tmp_path / "new.html", tmp_path / "link"
    here.write_text("kept", encoding="utf-8")
    link.symlink_to(tmp_path / "not there yet")
    for path in (new, link):
        check_outputs({"--json": str(here), "--report": str(path)})
    assert here.read_text(encoding="utf-8") == "kept"
    assert {each.name for each in tmp_path.iterdir()} == {"here.json", "link"}
    assert link.is_symlink()


def test_a_device_is_not_tried():
    check_outputs({"--json": os.devnull, "--report": None})


def test_one_file_for_two_things_is_refused(tmp_path):
    with pytest.raises(ValueError, match="--report and --json both name"):
        check_outputs({"--report": str(tmp_path / "a"), "--json": str(tmp_path / "." / "a")})


@pytest.mark.parametrize("option", ["--report", "--json"])
def test_the_table_and_the_model_that_a_command_reads_stay_as_they_are(table, tmp_path, capsys, option):
    before = table.read_bytes()
    assert main(["explain", str(table), "--target", "sick", option, str(table)]) == 2
    assert f"{option} names {table}, which this command reads" in capsys.readouterr().err
    assert table.read_bytes() == before
    model = tmp_path / "model.skops"
    link = tmp_path / "link"
    model.write_bytes(b"model")
    link.symlink_to(model)
    with pytest.raises(ValueError, match="--json names .*link, which this command reads"):
        check_outputs({"--json": str(link)}, [None, str(model)])
