"""Whether what is well goes on, whatever is wrong beside it."""
import itertools

import manifests as m
from clients import get
from nuncio_harness import wait_until

_turn = itertools.count()


def still_changing(edge):
    """Changes a healthy Mapping and requires that its change arrives."""
    for backend in ("two", "one"):
        path = f"/healthy-{next(_turn)}/"
        edge.nuncio.write("healthy", m.mapping("healthy", path, backend))
        wait_until(lambda: (answer := get(edge.http, path)).status == 200 and answer.backend == backend, f"{backend} at {path}")
