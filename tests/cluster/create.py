#!/usr/bin/python3
"""Asks the API server whether it would create objects: reads a JSON list of them, prints one of [status, message].

usage: create.py SERVER FOLDER      FOLDER: holds ca.crt, admin.crt, admin.key
"""
import http.client
import json
import ssl
import sys


def main():
    server, folder = sys.argv[1:]
    context = ssl.create_default_context(cafile=f"{folder}/ca.crt")
    context.load_cert_chain(f"{folder}/admin.crt", f"{folder}/admin.key")
    connection = http.client.HTTPSConnection(server, context=context, timeout=300)
    answers = []
    for entry in json.load(sys.stdin):
        path = f"/apis/{entry['object']['apiVersion']}/namespaces/default/{entry['plural']}?dryRun=All&fieldValidation=Strict"
        connection.request("POST", path, json.dumps(entry["object"]), {"content-type": "application/json"})
        response = connection.getresponse()
        answers.append([response.status, json.loads(response.read()).get("message", "")])
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main()
