"""What a user does with attached data: a kernel, a cell, and a notebook that is saved."""

from __future__ import annotations

import json
import uuid
from typing import Any

from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect

from .drive import Drive

CELL = """
import json
from rucio_jupyterlab.kernels.injection import Injection
attached = json.loads({entries!r})
print(Injection(globals()).inject(attached))
print(few, few[0].pfn, many[0], len(many))
"""
# Not part of the notebook: what a kernel has at all.
SHOW_ALL = """
import os, sys
print(dict(os.environ), sys.argv, open(f"/proc/{os.getpid()}/cmdline").read())
"""


async def work_in_a_notebook(drive: Drive, resolved: list[dict[str, Any]]) -> str:
    """Attaches what the server resolved, runs a cell, saves the notebook, and ends the kernel.

    Returns what the kernel has in its environment and its command line.
    """
    entries = [
        {
            "variableName": item["variable_name"],
            "did": item["did"],
            "type": "file" if item["type"] == "file" else "collection",
            "didAvailable": item["state"] == "available",
            "files": item["items"],
            "manifest": item["manifest"],
            "message": item["message"],
        }
        for item in resolved
    ]
    source = CELL.format(entries=json.dumps(entries))
    kernel = await drive.jupyter("POST", "api/kernels", {"name": "python3"})
    printed = await _run(drive, kernel["id"], source)
    await drive.jupyter(
        "PUT",
        "api/contents/attached.ipynb",
        {"type": "notebook", "format": "json", "content": _notebook(source, printed, resolved)},
    )
    environment = await _run(drive, kernel["id"], SHOW_ALL)
    await drive.jupyter("DELETE", f"api/kernels/{kernel['id']}")
    return environment


async def _run(drive: Drive, kernel: str, source: str) -> str:
    server = drive.server
    address = f"{server.url.replace('http', 'ws', 1)}api/kernels/{kernel}/channels"
    headers = {"Authorization": f"token {server.token}"}
    socket = await websocket_connect(HTTPRequest(address, headers=headers, request_timeout=60))
    asked = uuid.uuid4().hex
    header = {"msg_id": asked, "username": "", "session": asked, "version": "5.3"}
    content = {"code": source, "silent": False, "store_history": False, "allow_stdin": False}
    await socket.write_message(
        json.dumps(
            {
                "header": {**header, "msg_type": "execute_request"},
                "parent_header": {},
                "metadata": {},
                "content": content,
                "channel": "shell",
            }
        )
    )
    printed = ""
    while True:
        message = json.loads(await socket.read_message() or "")
        if message["parent_header"].get("msg_id") != asked:
            continue
        if message["msg_type"] == "stream":
            printed += message["content"]["text"]
        if message["msg_type"] == "error":
            raise AssertionError("\n".join(message["content"]["traceback"]))
        if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
            socket.close()
            return printed


def _notebook(source: str, printed: str, resolved: list[dict[str, Any]]) -> dict[str, Any]:
    """As JupyterLab saves it, with the attachments in its metadata."""
    attachments = [
        {"did": item["did"], "variableName": item["variable_name"], "instance": "lake"}
        for item in resolved
    ]
    output = {"output_type": "stream", "name": "stdout", "text": printed}
    cell = {
        "cell_type": "code",
        "id": "one",
        "execution_count": 1,
        "metadata": {},
        "source": source,
        "outputs": [output],
    }
    metadata = {"rucio_attachments": attachments, "rucio_resolved": resolved}
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": [cell]}
