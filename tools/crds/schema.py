"""The words in which the schemas of the kinds are written: each makes a structural OpenAPI schema of Kubernetes.

A description is what `kubectl explain` shows.
"""
LISTED = 256  # the most items where a rule looks at each one: Kubernetes bounds a rule's cost by what the schema allows


def string(description="", *, enum=(), pattern=None, rules=()):
    return _schema("string", description, enum=list(enum) or None, pattern=pattern, rules=rules)


def integer(description="", *, least=None, most=None, enum=()):
    return _schema("integer", description, minimum=least, maximum=most, enum=list(enum) or None)


def uint32(description="", *, least=0):
    return integer(description, least=least, most=2**32 - 1)


def milliseconds(description):
    """At most a year, as nuncio reads it."""
    return integer(description + " In milliseconds.", least=0, most=365 * 24 * 3600 * 1000)


def boolean(description=""):
    return _schema("boolean", description)


def array(items, description="", *, least=None, most=None):
    return _schema("array", description, items=items, minItems=least, maxItems=most)


def strings(description="", **limits):
    return array(string(), description, **limits)


def mapping_of(values, description="", *, least=None, most=None):
    """An object whose keys are free."""
    return _schema("object", description, additionalProperties=values, minProperties=least, maxProperties=most)


def string_map(description=""):
    return mapping_of(string(), description)


def record(fields, description="", *, required=(), rules=(), least=None, most=None):
    """An object of named fields; `rules` are (CEL expression, message)."""
    return _schema("object", description, properties=dict(sorted(fields.items())), required=sorted(required) or None, rules=rules,
                   minProperties=least, maxProperties=most)


def opaque(description=""):
    """An object without a schema: what is in it is kept as it is."""
    return {**_schema("object", description), "x-kubernetes-preserve-unknown-fields": True}


def anything(description=""):
    """A value of several types, which a structural schema can only leave open."""
    return {"description": description, "x-kubernetes-preserve-unknown-fields": True}


def _schema(kind, description, *, rules=(), **more):
    schema = {"type": kind}
    if description:
        schema["description"] = description
    schema.update({key: value for key, value in more.items() if value is not None})
    if rules:
        schema["x-kubernetes-validations"] = [{"rule": rule, "message": message} for rule, message in rules]
    return schema
