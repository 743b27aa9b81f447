#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""The manifests of a directory.

manifests.py check DIRECTORY...    says what Kubernetes would not take: each is read by the models that the
                                   Kubernetes project generates from its API, which want the required fields and
                                   the types, and must come out of them as it went in, so that no field is unknown
manifests.py profiles DIRECTORY TO writes the profiles of the ConfigMaps as files
manifests.py container DIRECTORY   prints the container as JSON"""
import glob
import json
import os
import sys

import yaml


def manifests(directory):
    """(name, document) of each."""
    for path in sorted(glob.glob(os.path.join(directory, "*.yaml"))):
        with open(path, encoding="utf-8") as text:
            for document in yaml.safe_load_all(text):
                yield os.path.basename(path), document


def differences(given, taken, where=""):
    """What is in one and not in the other."""
    if isinstance(given, dict) and isinstance(taken, dict):
        for key in sorted(given.keys() | taken.keys()):
            yield from differences(given.get(key), taken.get(key), f"{where}.{key}")
    elif isinstance(given, list) and isinstance(taken, list) and len(given) == len(taken):
        for number, pair in enumerate(zip(given, taken)):
            yield from differences(*pair, f"{where}[{number}]")
    elif given != taken or type(given) is not type(taken):
        yield f"{where[1:]}: {given!r} is not known there, or of another type; taken as {taken!r}"


class Answer:  # pylint: disable=too-few-public-methods
    """As if a server had sent it."""

    def __init__(self, document):
        self.data = json.dumps(document)


def faults(document):
    """Of one document."""
    import kubernetes  # pylint: disable=import-outside-toplevel
    group, _, version = document["apiVersion"].rpartition("/")
    model = version.capitalize() + document["kind"]
    known = {"DaemonSet": "apps", "PriorityClass": "scheduling.k8s.io"}.get(document["kind"], "")
    if not hasattr(kubernetes.client, model) or group != known:
        return [f"no kind {document['kind']} in {document['apiVersion']}"]
    client = kubernetes.client.ApiClient()
    try:
        taken = client.deserialize(Answer(document), model)
    except (ValueError, TypeError) as error:
        return [str(error)]
    return list(differences(document, client.sanitize_for_serialization(taken)))


def check(directories):
    """Prints every fault; the exit status is 1 if there is one."""
    number = found = 0
    for directory in directories:
        for name, document in manifests(directory):
            number += 1
            for fault in faults(document):
                found += 1
                print(f"{name}: {fault}")
    print(f"{number} documents, {found} faults")
    return found > 0 or number == 0


def profiles(directory, target):
    """Of every ConfigMap."""
    for _, document in manifests(directory):
        if document["kind"] == "ConfigMap":
            for name, text in document["data"].items():
                with open(os.path.join(target, name), "w", encoding="utf-8") as file:
                    file.write(text)


def container(directory):
    """The only one."""
    pods = [d["spec"]["template"]["spec"] for _, d in manifests(directory) if d["kind"] == "DaemonSet"]
    print(json.dumps(pods[0]["containers"][0]))


def main():
    word, *arguments = sys.argv[1:]
    if word == "check":
        return check(arguments)
    return profiles(*arguments) if word == "profiles" else container(*arguments)


if __name__ == "__main__":
    sys.exit(main())
