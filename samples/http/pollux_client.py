#!/usr/bin/env python3
"""A program in another language beside a node of Pollux: standard library only.

    pollux_client.py DIR status
    pollux_client.py DIR get STATE KEY
    pollux_client.py DIR put STATE KEY VALUE
    pollux_client.py DIR follow STATE            prints each change, until it is ended
    pollux_client.py DIR serve OPERATION         does an operation: answers with its argument, reversed
    pollux_client.py DIR execute OPERATION ARGUMENT [IDEMPOTENCY-KEY]

DIR is the node's directory; it has the address and the tokens.
"""

import base64
import json
import pathlib
import sys
import urllib.error
import urllib.parse
import urllib.request


class Node:
    def __init__(self, directory):
        directory = pathlib.Path(directory)
        self.address = (directory / "http.address").read_text().strip()
        lines = (directory / "http.tokens").read_text().splitlines()
        self.token = dict(line.split(" ", 1) for line in lines)["operator"]

    def open(self, method, *path, body=None, headers=None, query=None):
        url = "http://" + self.address + "/" + "/".join(urllib.parse.quote(p, safe="") for p in path)
        if query:
            url += "?" + urllib.parse.urlencode(query)
        request = urllib.request.Request(url, data=body, method=method, headers=headers or {})
        request.add_header("Authorization", "Bearer " + self.token)
        return urllib.request.urlopen(request)

    def json(self, method, *path, **more):
        with self.open(method, *path, **more) as answer:
            return json.load(answer)

    def events(self, *path):
        """(name, document) for each event; ends with the node."""
        name = ""
        with self.open("GET", *path) as stream:
            for line in stream:
                line = line.decode().rstrip("\n")
                if line.startswith("event: "):
                    name = line[7:]
                elif line.startswith("data: "):
                    yield name, json.loads(line[6:])


def text(value):
    return base64.b64decode(value["base64"]).decode()


def follow(node, state):
    """What the state holds, kept up to date: a 'state' event replaces all."""
    values = {}
    for name, document in node.events("v1", "updates", state):
        if name == "state":
            values = {key: text(value) for key, value in document["values"].items()}
        elif "value" in document:
            values[document["key"]] = text(document["value"])
        else:
            values.pop(document["key"], None)
        print(json.dumps(values, sort_keys=True), flush=True)


def serve(node, operation):
    """Does the operation on this node as long as it runs; the same belongs beside the other node."""
    for name, call in node.events("v1", "operations", operation, "calls"):
        if name == "registered":
            print("ready", flush=True)
        elif name == "call":
            result = base64.b64decode(call["argument"])[::-1]
            node.json("POST", "v1", "calls", str(call["number"]), body=result)


def main(directory, command, *rest):
    node = Node(directory)
    if command == "status":
        status = node.json("GET", "v1", "status")
        print(status["activity"], status["sync"])
    elif command == "get":
        with node.open("GET", "v1", "state", *rest) as answer:
            print(answer.read().decode())
    elif command == "put":
        body = rest[2].encode()
        answer = node.json(
            "PUT", "v1", "state", *rest[:2], body=body, headers={"Content-Type": "text/plain"})
        print(answer["kept"])
    elif command == "follow":
        follow(node, *rest)
    elif command == "serve":
        serve(node, *rest)
    elif command == "execute":
        headers = {"Idempotency-Key": rest[2]} if len(rest) > 2 else {}
        done = node.json("POST", "v1", "operations", rest[0], body=rest[1].encode(), headers=headers)
        print(base64.b64decode(done["result"]).decode(), done["peer"])
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except urllib.error.HTTPError as refused:
        sys.exit(json.load(refused)["message"])
    except TypeError:
        sys.exit(__doc__)
