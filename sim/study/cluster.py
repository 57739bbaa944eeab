"""Workers on a Dask cluster that exists already."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from sim.study.cells import MODEL_VERSION
from sim.study.study import Crew


class ClusterError(Exception):
    """The cluster cannot be used."""


class AddressError(ClusterError):
    """What is given is the place of no scheduler."""


@contextmanager
def cluster(place: str) -> Iterator[Crew]:
    """Provide the workers of a cluster.

    Parameters
    ----------
    place
        The scheduler's address, such as ``tcp://host:8786``, or the path of its scheduler file.

    Raises
    ------
    ClusterError
        If Dask is not installed, the scheduler does not answer, there is no worker, or a worker
        has another version of the model.
    """
    try:
        from distributed import Client
    except ImportError:
        raise ClusterError("a cluster needs Dask: pip install 'amnesty-sim[cluster]'") from None
    address = answering(place)
    try:
        client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        told = str(error).splitlines()[0]
        raise ClusterError(f"--cluster {place}: no scheduler answers: {told}") from None
    with client:
        threads = sum(client.nthreads().values())
        if not threads:
            raise ClusterError(f"--cluster {place}: no worker is connected")
        for worker, version in client.run(_model_version).items():
            if version != MODEL_VERSION:
                raise ClusterError(
                    f"--cluster {place}: worker {worker} has model version {version}, this "
                    f"machine {MODEL_VERSION}; install the same amnesty on both"
                )
        yield Crew(threads, client.get_executor())


CONNECT_SECONDS = 10
"""Until a scheduler must have answered."""


def answering(place: str) -> str:
    """Return the scheduler's address once somebody listens there, so that nothing hangs.

    Raises
    ------
    AddressError
        If the place is neither an address nor a scheduler file.
    ClusterError
        If nobody answers.
    """
    address = place
    try:
        if Path(place).is_file():
            address = json.loads(Path(place).read_text(encoding="utf-8"))["address"]
        parts = urlsplit(address)
        if parts.scheme not in ("tcp", "tls") or not parts.hostname or not parts.port:
            raise ValueError
    except (ValueError, KeyError, TypeError):
        raise AddressError(
            f"--cluster {place}: expected an address such as tcp://host:8786, or a scheduler file"
        ) from None
    try:
        socket.create_connection((parts.hostname, parts.port), CONNECT_SECONDS).close()
    except OSError as error:
        told = error.strerror or error
        raise ClusterError(f"--cluster {place}: no scheduler answers: {told}") from None
    return str(address)


def _model_version() -> str:
    return MODEL_VERSION
