"""What the contract's tool is told beside the contract: ids that are there, and not to wait for piles."""

import json
import os
import zlib

import schemathesis

with open(os.environ["PILEOPS_KNOWN"], encoding="utf-8") as file:
    KNOWN = json.load(file)


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    """Three of four requests are about something that is there; the same example finds the same thing."""
    if not path_parameters or context.operation is None:
        return path_parameters
    noun = context.operation.path.removeprefix("/api/v1/").split("/")[0]
    ids = KNOWN.get(noun) or []
    for name, value in path_parameters.items():
        turn = zlib.crc32(repr(value).encode())
        if ids and turn % 4:
            path_parameters[name] = ids[turn // 4 % len(ids)]
    return path_parameters


@schemathesis.hook
def map_query(context, query):
    """A command that is waited for holds its connection as long as a pile likes."""
    if query and "wait_ms" in query:
        query["wait_ms"] = 0
    return query
