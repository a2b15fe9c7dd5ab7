/**
 * What Python kernels without our package are asked to run: plain strings and lists of strings.
 *
 * It reads `request` and `user` (the user's namespace) and leaves `answer`. Standard library only, for
 * any Python 3.6 or later.
 */
export const PLAIN_PYTHON = String.raw`
import json, keyword, os, sys, types

# A module of ours keeps what was set, so that nothing of it is in the user's namespace.
book = sys.modules.setdefault("_rucio_attached", types.ModuleType("_rucio_attached"))
ours = vars(book).setdefault("variables", {})
paged = vars(book).setdefault("paged", {})


class DIDNotAvailableException(Exception):
    pass


def missing(did, reason):
    text = did + " is not available" + (": " + reason if reason else ".")

    def refuse(*args):
        raise DIDNotAvailableException(text)

    def wait(self, timeout=None):
        raise RuntimeError("Waiting needs the package rucio-jupyterlab in this kernel.")

    uses = "str fspath format bytes len iter reversed getitem contains add radd mod truediv rtruediv"
    members = {"__%s__" % use: refuse for use in uses.split()}
    members.update(did=did, did_available=False, path=property(refuse), pfn=property(refuse))
    members["wait"] = wait
    members["__repr__"] = lambda self: "<Rucio " + text + ">"
    return type("NotAvailable", (), members)()


def is_whole(path, size):
    try:
        return size in (None, os.stat(path).st_size)
    except OSError:
        return False


def path(record):
    expected = record.get("expected")
    if not record.get("path") and expected and is_whole(expected, record.get("size")):
        return expected
    return record.get("path") or missing(record.get("did") or "This file", record.get("message"))


def paths(entry):
    if entry.get("files") is not None:
        return [path(record) for record in entry["files"]]
    listed = entry["manifest"]
    try:
        lines = open(listed["path"], encoding="utf-8")
    except OSError:
        # It is on a disk that is not seen here: the files have to come themselves.
        paged[entry["variableName"]] = dict(entry, files=[])
        answer["needs_pages"].append(entry["variableName"])
        raise
    with lines:
        found = [path(json.loads(line)) for line in lines]
    if len(found) != listed["count"]:
        raise ValueError("the list of files is not complete")
    return found


def value(entry):
    name = entry["variableName"]
    if not name.isidentifier() or keyword.iskeyword(name):
        raise ValueError("the name cannot be that of a Python variable")
    is_listed = entry.get("files") is not None or entry.get("manifest") is not None
    if not entry["didAvailable"] and (entry["type"] == "file" or not is_listed):
        return missing(entry["did"], entry.get("message"))
    found = paths(entry)
    if entry["type"] != "file":
        return found
    if len(found) != 1:
        raise ValueError("attached as a file, but %d files came for it" % len(found))
    return found[0]


def turned(page):
    """The variables that a page of files completes."""
    name, entry = page["variableName"], paged.pop(page["variableName"], None)
    if entry is None or len(entry["files"]) != page["offset"]:
        answer["problems"][name] = "The list of files came in disorder. Send it again."
        return []
    entry["files"] += page["files"]
    if len(entry["files"]) == page["count"]:
        return [entry]
    paged[name] = entry
    answer["needs_pages"].append(name)
    return []


answer = {"variable_names": [], "problems": {}, "needs_pages": []}
for entry in turned(request) if request["action"] == "inject-page" else request.get("dids", []):
    try:
        made = value(entry)
    except (OSError, ValueError, KeyError, TypeError) as error:
        answer["problems"][entry["variableName"]] = "The kernel says: " + str(error)
    else:
        user[entry["variableName"]] = ours[entry["variableName"]] = made
        answer["variable_names"].append(entry["variableName"])
for name in request.get("variable_names", []):
    paged.pop(name, None)
    made = ours.pop(name, None)
    if made is not None and user.get(name) is made:
        del user[name]
`;
