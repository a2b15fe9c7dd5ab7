"""Whole programs: what an import costs, batch jobs without a Jupyter, workers, and Ctrl-C."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

from lakedata import LakeData

from lake.testing import Lake

from .conftest import Machine


def test_an_import_costs_nothing_and_using_it_brings_no_server(
    machine: Machine, lake: Lake
) -> None:
    dataset = lake.examples["available_dataset"]
    ended = machine.script(
        f"""
        import sys
        import rucio_jupyterlab as rj
        import rucio_jupyterlab.kernels
        heavy = {{"httpx", "traitlets", "click", "cryptography", "asyncio", "rucio"}}
        print(sorted(heavy & set(sys.modules)))
        assert "did" in dir(rj) and rj.__version__
        print(len(rj.did({dataset!r})))
        server = {{"jupyter_server", "tornado", "rucio", "IPython", "jupyter_client"}}
        print(sorted(server & set(sys.modules)))
        """
    )
    assert ended.errors == ""
    assert ended.output.splitlines() == ["[]", "4", "[]"]


def test_a_worker_node_has_variables_and_a_token_and_no_jupyter(
    machine: Machine, lake: Lake
) -> None:
    destination = lake.connection["destination"]
    worker = Machine(
        machine.home / "worker",
        {
            "RUCIO_NAME": "batch",
            "RUCIO_BASE_URL": lake.rucio_url,
            "RUCIO_DESTINATION_RSE": destination,
            "RUCIO_RSE_MOUNT_PATH": lake.rses[destination]["mount_path"],
            "RUCIO_DEFAULT_AUTH_TYPE": "oidc",
            "RUCIO_OIDC_AUTH": "env",
            "RUCIO_OIDC_ENV_NAME": "LAKE_TOKEN",
            "LAKE_TOKEN": lake.make_token(),
        },
    )
    worker.home.mkdir()
    dataset = lake.examples["available_dataset"]
    ended = worker.script(
        f"""
        import rucio_jupyterlab as rj
        print(sum(len(open(file, "rb").read()) for file in rj.did({dataset!r})))
        """
    )
    assert ended.errors == ""
    assert int(ended.output) > 0


def test_without_a_configuration_it_says_what_to_set(machine: Machine) -> None:
    nowhere = Machine(machine.home / "nowhere")
    nowhere.home.mkdir()
    ended = nowhere.script("import rucio_jupyterlab as rj; rj.did('demo:x').state")
    assert ended.status == 1
    assert "No Rucio instance is configured. Set RucioConfig.instances" in ended.errors


def test_forked_workers_and_threads_ask_for_themselves(machine: Machine, lake: Lake) -> None:
    ended = machine.script(
        f"""
        import multiprocessing, threading
        from concurrent.futures import ThreadPoolExecutor
        import rucio_jupyterlab as rj
        dataset = rj.did({lake.examples["available_dataset"]!r})
        def size(position): return len(open(dataset[position], "rb").read())
        def asks(_): return rj.did(dataset.did).state
        here = [size(position) for position in range(2)]
        with ThreadPoolExecutor(2) as threads:
            assert list(threads.map(asks, range(4))) == ["available"] * 4
        with multiprocessing.get_context("fork").Pool(2) as pool:
            assert pool.map(size, range(2)) == here
            print(pool.map(asks, range(2)))
        """
    )
    assert ended.output == "['available', 'available']\n", ended.errors


def test_ctrl_c_ends_the_waiting_and_not_the_rule(
    machine: Machine, data: LakeData, lake: Lake
) -> None:
    (file,) = data.files(1)
    with lake.paused_daemons():
        program = subprocess.Popen(
            [
                sys.executable,
                "-c",
                f"""
import signal
import rucio_jupyterlab as rj
# As from a terminal: who runs the tests in the background has it ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
file = rj.did({file!r}).make_available()
print(file.state, flush=True)
try:
    file.wait(progress=False)
except KeyboardInterrupt:
    print("interrupted", file.state, file.rule["state"])
""",
            ],
            env=machine.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert program.stdout is not None
        assert program.stdout.readline() == "replicating\n"
        time.sleep(0.5)
        program.send_signal(signal.SIGINT)
        output, errors = program.communicate(timeout=60)
    assert output == "interrupted replicating REPLICATING\n", errors


def test_leaving_while_a_download_runs_ends_it_and_the_program(
    machine: Machine, data: LakeData
) -> None:
    dataset = data.collection("dataset", data.files(20, size_bytes=200_000))
    ended = machine.script(
        f"""
        import rucio_jupyterlab as rj
        print(rj.did({dataset!r}, instance="disk").make_available().state)
        """
    )
    assert (ended.status, ended.output) == (0, "replicating\n"), ended.errors
    assert "Traceback" not in ended.errors
    # What was left can be taken up again.
    again = machine.script(
        f"""
        import rucio_jupyterlab as rj
        dataset = rj.did({dataset!r}, instance="disk").make_available(wait=True, progress=False)
        print(dataset.available, len(list(dataset)))
        """
    )
    assert again.output == "True 20\n", again.errors
