"""Tasks run where the user says, and by default in threads that are waited for."""

import os
import threading
import time

import numpy as np
import pytest
from joblib import delayed, parallel_config

from skinterpret.search.evolution.workers import threads, workers


def place(_):
    return os.getpid(), threading.get_ident()


def fail():
    raise KeyError("lost")


@pytest.mark.parametrize("caller", [workers, threads])
def test_results_come_in_the_order_of_the_tasks(caller):
    def late(number):
        time.sleep(0.02 * (number == 0))
        return number

    with caller(2) as parallel:
        for _ in range(3):
            assert parallel(delayed(late)(number) for number in range(9)) == list(range(9))


@pytest.mark.parametrize("n_jobs", [None, 1])
def test_one_job_runs_in_the_thread_of_the_caller(n_jobs):
    assert workers(n_jobs)([delayed(place)(0)]) == [place(0)]


@pytest.mark.parametrize("caller", [workers, threads])
def test_the_number_of_jobs_is_that_of_the_config_where_none_is_given(caller):
    with parallel_config(backend="threading", n_jobs=2):
        assert caller(None).n_jobs == 2
        assert caller(1).n_jobs == 1


def test_other_processes_are_used_where_the_user_says_so_but_not_for_shared_arrays():
    with parallel_config(backend="loky", n_jobs=2):
        assert {process for process, _ in workers(2)(delayed(place)(k) for k in range(4))} != {os.getpid()}
        assert {process for process, _ in threads(2)(delayed(place)(k) for k in range(4))} == {os.getpid()}


def test_tasks_of_threads_write_into_the_arrays_of_their_caller():
    squares = np.zeros(20)

    def write(number):
        squares[number] = number**2

    threads(2)(delayed(write)(number) for number in range(20))
    assert (squares == np.arange(20) ** 2).all()


@pytest.mark.parametrize("caller", [workers, threads])
def test_what_a_task_raises_is_raised_and_the_next_call_works(caller):
    with caller(2) as parallel:
        with pytest.raises(KeyError, match="lost"):
            parallel([delayed(fail)(), delayed(place)(0)])
        assert len(parallel(delayed(place)(number) for number in range(3))) == 3


def test_nobody_waits_longer_than_the_tasks_take(monkeypatch):
    """Looking every few milliseconds would call `time.sleep` in this thread."""
    slept = []
    monkeypatch.setattr("joblib.parallel.time.sleep", slept.append)
    release = threading.Event()

    def wait(number):
        return release.wait(5) if number else threading.Timer(0.05, release.set).start()

    workers(2)(delayed(wait)(number) for number in (1, 0))
    assert not slept
