#!/usr/bin/env python3
"""Recovers the protobuf schema that an Envoy binary embeds.

usage: descriptors.py ENVOY_BINARY OUT.binpb

A program that links generated protobuf code carries every FileDescriptorProto as serialized bytes. Each one starts
with its name, which ends in ".proto", and its `syntax` field stands last; what lies between is walked field by field.
The result is closed under imports, in import order, so `protoc --descriptor_set_in` can read it.
"""
import re
import sys

from google.protobuf import descriptor_pb2

# Wire type of each field of FileDescriptorProto. Any other field number ends the message.
WIRE_TYPE = {1: 2, 2: 2, 3: 2, 4: 2, 5: 2, 6: 2, 7: 2, 8: 2, 9: 2, 10: 0, 11: 0, 12: 2, 14: 0}
NAME_FIELD = 1
LAST_FIELDS = (12, 14)  # syntax, edition
START = re.compile(rb"\n(.)([a-z0-9_]+/[a-zA-Z0-9_/.\-]+\.proto)\x12", re.S)

# protoc 3.21 knows the keywords of C++17 and does not escape those that C++20 added.
CPP20_KEYWORDS = {"requires", "concept", "co_await", "co_return", "co_yield", "consteval", "constinit"}


def read_varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def message_end(data, start):
    """The offset just behind the FileDescriptorProto that begins at `start`."""
    at = start
    while True:
        tag, after = read_varint(data, at)
        field, wire = tag >> 3, tag & 7
        if WIRE_TYPE.get(field) != wire or (field == NAME_FIELD and at != start):
            return at
        value, after = read_varint(data, after)
        at = after + value if wire == 2 else after
        if field in LAST_FIELDS:
            return at


def descriptors_in(data):
    for match in START.finditer(data):
        if match.group(1)[0] != len(match.group(2)):
            continue
        file = descriptor_pb2.FileDescriptorProto()
        file.ParseFromString(data[match.start() : message_end(data, match.start())])
        yield file


def messages_of(parent, field):
    for message in getattr(parent, field):
        yield message
        yield from messages_of(message, "nested_type")


def canonical(file):
    """The file without its json_name entries, which one of two embedded copies may leave out."""
    copy = descriptor_pb2.FileDescriptorProto()
    copy.CopyFrom(file)
    for message in messages_of(copy, "message_type"):
        for field in [*message.field, *message.extension]:
            field.ClearField("json_name")
    for field in copy.extension:
        field.ClearField("json_name")
    return copy.SerializeToString(deterministic=True)


def rename_keywords(file):
    for message in messages_of(file, "message_type"):
        for field in message.field:
            if field.name in CPP20_KEYWORDS:
                field.json_name = field.json_name or field.name
                field.name += "_"


def recover(data):
    files = {}
    for file in descriptors_in(data):
        known = files.setdefault(file.name, file)
        if known is not file and canonical(known) != canonical(file):
            sys.exit(f"{file.name} stands twice in the binary, with different content")
    for file in files.values():
        rename_keywords(file)
    return files


def in_import_order(files):
    ordered, visited = [], set()

    def visit(name, importer):
        if name in visited:
            return
        if name not in files:
            sys.exit(f"{importer} imports {name}, which the binary does not hold")
        visited.add(name)
        for dependency in files[name].dependency:
            visit(dependency, name)
        ordered.append(files[name])

    for name in sorted(files):
        visit(name, name)
    return ordered


def main():
    binary, out = sys.argv[1:]
    with open(binary, "rb") as file:
        files = recover(file.read())
    with open(out, "wb") as file:
        file.write(descriptor_pb2.FileDescriptorSet(file=in_import_order(files)).SerializeToString())
    print(f"{len(files)} descriptors recovered from {binary}")


if __name__ == "__main__":
    main()
